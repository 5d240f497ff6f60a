// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/aml_writer.h"

#include "engine/base/result.h"

#include <algorithm>
#include <array>

namespace engine {

namespace {

// ACPI 6.4, table 20.1 and 20.2 and following.
enum Opcode : unsigned {
    ZeroOp = 0x00,
    OneOp = 0x01,
    NameOp = 0x08,
    BytePrefix = 0x0a,
    WordPrefix = 0x0b,
    DwordPrefix = 0x0c,
    StringPrefix = 0x0d,
    QwordPrefix = 0x0e,
    ScopeOp = 0x10,
    BufferOp = 0x11,
    PackageOp = 0x12,
    MethodOp = 0x14,
    DualNamePrefix = 0x2e,
    MultiNamePrefix = 0x2f,
    ExtendedPrefix = 0x5b,
    Local0Op = 0x60,
    Arg0Op = 0x68,
    StoreOp = 0x70,
    AndOp = 0x7b,
    OrOp = 0x7d,
    NotifyOp = 0x86,
    CreateDwordFieldOp = 0x8a,
    NotOp = 0x92, // LNotOp
    EqualOp = 0x93,
    LessOp = 0x95,
    IfOp = 0xa0,
    ElseOp = 0xa1,
    ReturnOp = 0xa4,
    // After ExtendedPrefix.
    RegionOp = 0x80,
    FieldOp = 0x81,
    DeviceOp = 0x82,
};

// 20.2.5.2: RegionSpace, and FieldFlags: the access, no lock, preserve.
constexpr unsigned PortSpace = 1;
constexpr unsigned PciConfigSpace = 2;
constexpr unsigned PreservedBytes = 1;
constexpr unsigned PreservedDwords = 3;

unsigned hexDigit(char digit)
{
    return unsigned(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

} // namespace

void AmlWriter::number(std::uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        byte(unsigned(value >> (8 * i)) & 0xff);
}

// NameString, 20.2.2: segments of four characters, short ones filled with underscores.
void AmlWriter::path(std::string_view path)
{
    while (path.starts_with('\\') || path.starts_with('^')) {
        byte(unsigned(path.front()));
        path.remove_prefix(1);
    }
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('.'), path.size());
        check(end >= 1 && end <= 4, "a segment of an AML name has one to four characters");
        segments.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    if (segments.empty())
        return byte(0); // NullName
    if (segments.size() == 2)
        byte(DualNamePrefix);
    if (segments.size() > 2) {
        byte(MultiNamePrefix);
        byte(unsigned(segments.size()));
    }
    for (const std::string_view segment : segments)
        for (std::size_t i = 0; i < 4; ++i)
            byte(i < segment.size() ? unsigned(segment[i]) : unsigned('_'));
}

// PkgLength, 20.2.4: counts itself; the first byte says how many follow.
void AmlWriter::packaged(const AmlWriter &content)
{
    const std::size_t size = content.m_bytes.size();
    if (size + 1 < 0x40) {
        byte(unsigned(size + 1));
    } else {
        unsigned more = 1;
        while ((size + 1 + more) >> (4 + 8 * more) != 0)
            ++more;
        check(more <= 3, "an AML object is too large");
        const std::size_t length = size + 1 + more;
        byte((more << 6) | unsigned(length & 0x0f));
        number(length >> 4, more);
    }
    m_bytes.insert(m_bytes.end(), content.m_bytes.begin(), content.m_bytes.end());
}

AmlWriter &AmlWriter::name(std::string_view name)
{
    byte(NameOp);
    path(name);
    return *this;
}

void AmlWriter::scope(std::string_view name, const Body &body)
{
    AmlWriter content;
    content.path(name);
    body(content);
    byte(ScopeOp);
    packaged(content);
}

void AmlWriter::device(std::string_view name, const Body &body)
{
    AmlWriter content;
    content.path(name);
    body(content);
    byte(ExtendedPrefix);
    byte(DeviceOp);
    packaged(content);
}

void AmlWriter::method(std::string_view name, unsigned arguments, const Body &body,
                       bool isSerialized)
{
    AmlWriter content;
    content.path(name);
    content.byte(arguments | (isSerialized ? 8u : 0u));
    body(content);
    byte(MethodOp);
    packaged(content);
}

void AmlWriter::region(std::string_view name, unsigned space, std::uint64_t offset,
                       std::uint64_t size)
{
    byte(ExtendedPrefix);
    byte(RegionOp);
    path(name);
    byte(space);
    integer(offset);
    integer(size);
}

void AmlWriter::pciConfigRegion(std::string_view name, std::uint8_t offset, std::uint8_t size)
{
    region(name, PciConfigSpace, offset, size);
}

void AmlWriter::portRegion(std::string_view name, std::uint16_t base, std::uint8_t size)
{
    region(name, PortSpace, base, size);
}

void AmlWriter::byteFields(std::string_view region, std::span<const std::string_view> names)
{
    fields(region, names, PreservedBytes, 8);
}

void AmlWriter::dwordFields(std::string_view region, std::span<const std::string_view> names)
{
    fields(region, names, PreservedDwords, 32);
}

void AmlWriter::fields(std::string_view region, std::span<const std::string_view> names,
                       unsigned flags, unsigned bits)
{
    AmlWriter content;
    content.path(region);
    content.byte(flags);
    for (const std::string_view field : names) {
        if (field.empty())
            content.byte(0); // ReservedField
        else
            content.path(field);
        content.byte(bits); // a PkgLength of one byte
    }
    byte(ExtendedPrefix);
    byte(FieldOp);
    packaged(content);
}

void AmlWriter::createDwordField(const Body &source, std::uint64_t offset, std::string_view name)
{
    byte(CreateDwordFieldOp);
    source(*this);
    integer(offset);
    path(name);
}

void AmlWriter::integer(std::uint64_t value)
{
    if (value <= 1)
        return byte(value == 0 ? ZeroOp : OneOp);
    if (value <= 0xff) {
        byte(BytePrefix);
        return number(value, 1);
    }
    if (value <= 0xffff) {
        byte(WordPrefix);
        return number(value, 2);
    }
    if (value <= 0xffffffff) {
        byte(DwordPrefix);
        return number(value, 4);
    }
    byte(QwordPrefix);
    number(value, 8);
}

void AmlWriter::string(std::string_view text)
{
    byte(StringPrefix);
    m_bytes.insert(m_bytes.end(), text.begin(), text.end());
    byte(0);
}

void AmlWriter::buffer(std::span<const std::uint8_t> bytes)
{
    AmlWriter content;
    content.integer(bytes.size());
    content.m_bytes.insert(content.m_bytes.end(), bytes.begin(), bytes.end());
    byte(BufferOp);
    packaged(content);
}

void AmlWriter::package(std::uint8_t count, const Body &elements)
{
    AmlWriter content;
    content.byte(count);
    elements(content);
    byte(PackageOp);
    packaged(content);
}

// Three letters of five bits, four hex digits; the bytes in big-endian order.
void AmlWriter::eisaId(std::string_view id)
{
    check(id.size() == 7, "an EISA ID has seven characters");
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 3; ++i)
        value = (value << 5) | std::uint32_t(id[i] - 'A' + 1);
    for (std::size_t i = 3; i < 7; ++i)
        value = (value << 4) | hexDigit(id[i]);
    byte(DwordPrefix);
    for (int shift = 24; shift >= 0; shift -= 8)
        byte((value >> shift) & 0xff);
}

// The first three groups are little-endian.
void AmlWriter::uuid(std::string_view text)
{
    constexpr std::array<std::size_t, 16> Digits = {6,  4,  2,  0,  11, 9,  16, 14,
                                                    19, 21, 24, 26, 28, 30, 32, 34};
    check(text.size() == 36, "a UUID has 36 characters");
    std::array<std::uint8_t, 16> bytes = {};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = std::uint8_t((hexDigit(text[Digits[i]]) << 4) | hexDigit(text[Digits[i] + 1]));
    buffer(bytes);
}

void AmlWriter::reference(std::string_view name)
{
    path(name);
}

void AmlWriter::argument(unsigned index)
{
    byte(Arg0Op + index);
}

void AmlWriter::local(unsigned index)
{
    byte(Local0Op + index);
}

void AmlWriter::notify(std::string_view object, std::uint64_t value)
{
    byte(NotifyOp);
    path(object);
    integer(value);
}

void AmlWriter::returns(const Body &value)
{
    byte(ReturnOp);
    value(*this);
}

void AmlWriter::store(const Body &value, const Body &target)
{
    byte(StoreOp);
    value(*this);
    target(*this);
}

void AmlWriter::binary(unsigned opcode, const Body &left, const Body &right, const Body *target)
{
    byte(opcode);
    left(*this);
    right(*this);
    if (target)
        (*target)(*this);
}

void AmlWriter::andInto(const Body &left, const Body &right, const Body &target)
{
    binary(AndOp, left, right, &target);
}

void AmlWriter::orInto(const Body &left, const Body &right, const Body &target)
{
    binary(OrOp, left, right, &target);
}

void AmlWriter::bitAnd(const Body &left, const Body &right)
{
    const Body nowhere = [](AmlWriter &aml) { aml.byte(0); }; // NullName
    binary(AndOp, left, right, &nowhere);
}

void AmlWriter::equal(const Body &left, const Body &right)
{
    binary(EqualOp, left, right, nullptr);
}

void AmlWriter::less(const Body &left, const Body &right)
{
    binary(LessOp, left, right, nullptr);
}

void AmlWriter::logicalNot(const Body &value)
{
    byte(NotOp);
    value(*this);
}

void AmlWriter::ifThen(const Body &condition, const Body &body)
{
    AmlWriter content;
    condition(content);
    body(content);
    byte(IfOp);
    packaged(content);
}

void AmlWriter::otherwise(const Body &body)
{
    AmlWriter content;
    body(content);
    byte(ElseOp);
    packaged(content);
}

void AmlResources::number(std::uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        m_bytes.push_back(std::uint8_t(value >> (8 * i)));
}

// 6.4.2.5: decodes 16 bits.
AmlResources &AmlResources::ports(std::uint16_t base, std::uint8_t count)
{
    m_bytes.insert(m_bytes.end(), {0x47, 0x01});
    number(base, 2);
    number(base, 2);
    m_bytes.insert(m_bytes.end(), {0x01, count});
    return *this;
}

// 6.4.2.1, without flags.
AmlResources &AmlResources::irq(unsigned isaIrq)
{
    m_bytes.push_back(0x22);
    number(std::uint64_t(1) << isaIrq, 2);
    return *this;
}

// 6.4.3.6: consumer, level, active high, shared.
AmlResources &AmlResources::interrupts(std::span<const std::uint32_t> numbers)
{
    m_bytes.push_back(0x89);
    number(2 + 4 * numbers.size(), 2);
    m_bytes.insert(m_bytes.end(), {0x09, std::uint8_t(numbers.size())});
    for (const std::uint32_t each : numbers)
        number(each, 4);
    return *this;
}

// 6.4.3.4.
AmlResources &AmlResources::memory32(std::uint32_t base, std::uint32_t size)
{
    m_bytes.insert(m_bytes.end(), {0x86, 0x09, 0x00, 0x01});
    number(base, 4);
    number(size, 4);
    return *this;
}

// 6.4.3.5: produced, positively decoded, both bounds fixed; no granularity, no translation.
AmlResources &AmlResources::window(unsigned tag, unsigned width, unsigned type, unsigned typeFlags,
                                   std::uint64_t first, std::uint64_t last)
{
    m_bytes.push_back(std::uint8_t(tag));
    number(3 + 5 * width, 2);
    m_bytes.insert(m_bytes.end(), {std::uint8_t(type), 0x0c, std::uint8_t(typeFlags)});
    number(0, width);
    number(first, width);
    number(last, width);
    number(0, width);
    number(last - first + 1, width);
    return *this;
}

AmlResources &AmlResources::busWindow(std::uint16_t first, std::uint16_t last)
{
    return window(0x88, 2, 2, 0, first, last);
}

AmlResources &AmlResources::portWindow(std::uint16_t first, std::uint16_t last)
{
    return window(0x88, 2, 1, 3, first, last); // the whole range, ISA and others
}

AmlResources &AmlResources::memoryWindow32(std::uint32_t first, std::uint32_t last, Caching caching)
{
    return window(0x87, 4, 0, caching == Caching::Cacheable ? 3 : 1, first, last);
}

AmlResources &AmlResources::memoryWindow64(std::uint64_t first, std::uint64_t last, Caching caching)
{
    return window(0x8a, 8, 0, caching == Caching::Cacheable ? 3 : 1, first, last);
}

std::vector<std::uint8_t> AmlResources::bytes() const
{
    std::vector<std::uint8_t> all = m_bytes;
    all.insert(all.end(), {0x79, 0x00}); // 6.4.2.9: the checksum may be zero
    return all;
}

} // namespace engine
