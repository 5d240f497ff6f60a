// SPDX-License-Identifier: GPL-3.0-or-later
// Writes ACPI machine language: as much of it as our DSDT needs (ACPI Specification 6.4, chapter
// 20). Each function appends one term; what contains other terms takes a function that writes them.
// Pure, any thread.
//
//     aml.device("COM1", [](AmlWriter &aml) { aml.name("_UID").integer(1); });
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace engine {

class AmlWriter final
{
public:
    using Body = std::function<void(AmlWriter &)>;

    // Named objects (20.2.5.1, .2). After name() comes the value.
    AmlWriter &name(std::string_view path);
    void scope(std::string_view path, const Body &body);
    void device(std::string_view path, const Body &body);
    void method(std::string_view path, unsigned arguments, const Body &body,
                bool isSerialized = false);
    // An operation region in the PCI configuration space of the device around it, and fields of a
    // byte each in it; an empty name leaves the byte out.
    void pciConfigRegion(std::string_view path, std::uint8_t offset, std::uint8_t size);
    void byteFields(std::string_view region, std::span<const std::string_view> names);
    // The same for ports, and fields of a dword each.
    void portRegion(std::string_view path, std::uint16_t base, std::uint8_t size);
    void dwordFields(std::string_view region, std::span<const std::string_view> names);
    // A dword of a buffer gets a name. `source` writes the buffer.
    void createDwordField(const Body &source, std::uint64_t offset, std::string_view path);

    // Data (20.2.3).
    void integer(std::uint64_t value); // as short as it can be
    void string(std::string_view text); // ASCII
    void buffer(std::span<const std::uint8_t> bytes);
    void package(std::uint8_t count, const Body &elements);
    void eisaId(std::string_view id); // "PNP0A03", 19.6.33
    void uuid(std::string_view text); // "33db4d5b-1ff7-401c-9657-7441c03dd766", 19.6.142

    // Terms that give or take values (20.2.5.3, .4, 20.2.6).
    void reference(std::string_view path); // also a call: the arguments follow
    void argument(unsigned index);
    void local(unsigned index);
    void returns(const Body &value);
    void store(const Body &value, const Body &target);
    void notify(std::string_view object, std::uint64_t value);
    void andInto(const Body &left, const Body &right, const Body &target);
    void orInto(const Body &left, const Body &right, const Body &target);
    void bitAnd(const Body &left, const Body &right);
    void equal(const Body &left, const Body &right);
    void less(const Body &left, const Body &right);
    void logicalNot(const Body &value);
    void ifThen(const Body &condition, const Body &body);
    void otherwise(const Body &body); // right after ifThen()

    const std::vector<std::uint8_t> &bytes() const { return m_bytes; }

private:
    void byte(unsigned value) { m_bytes.push_back(std::uint8_t(value)); }
    void number(std::uint64_t value, unsigned bytes);
    void path(std::string_view path);
    void packaged(const AmlWriter &content);
    void region(std::string_view path, unsigned space, std::uint64_t offset, std::uint64_t size);
    void fields(std::string_view region, std::span<const std::string_view> names, unsigned flags,
                unsigned bits);
    void binary(unsigned opcode, const Body &left, const Body &right, const Body *target);

    std::vector<std::uint8_t> m_bytes;
};

// A resource template: what a device uses or a bridge passes on (6.4).
class AmlResources final
{
public:
    // Fixed ports; both bounds are the same.
    AmlResources &ports(std::uint16_t base, std::uint8_t count);
    AmlResources &irq(unsigned isaIrq); // edge-triggered, exclusive
    // Level-triggered, active high, shared.
    AmlResources &interrupts(std::span<const std::uint32_t> numbers);
    AmlResources &memory32(std::uint32_t base, std::uint32_t size); // fixed, read and write
    // Windows of a bridge: from the first to the last, inclusive.
    AmlResources &busWindow(std::uint16_t first, std::uint16_t last);
    AmlResources &portWindow(std::uint16_t first, std::uint16_t last);
    enum class Caching : std::uint8_t { None, Cacheable };
    AmlResources &memoryWindow32(std::uint32_t first, std::uint32_t last, Caching caching);
    AmlResources &memoryWindow64(std::uint64_t first, std::uint64_t last, Caching caching);

    std::vector<std::uint8_t> bytes() const; // with the end tag

private:
    void number(std::uint64_t value, unsigned bytes);
    AmlResources &window(unsigned tag, unsigned width, unsigned type, unsigned typeFlags,
                         std::uint64_t first, std::uint64_t last);

    std::vector<std::uint8_t> m_bytes;
};

} // namespace engine
