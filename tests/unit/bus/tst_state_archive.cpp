// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/state_archive.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

enum class Color : std::uint8_t { Red, Green };

struct Chip
{
    std::uint16_t index = 0;
    bool isOn = false;
    Color color = Color::Red;
    std::int32_t level = 0;
    std::array<std::uint8_t, 3> bytes = {};
    std::vector<std::uint32_t> queue;
    std::optional<std::uint64_t> deadline;

    void serialize(StateArchive &archive)
    {
        archive.beginChunk("chip", 2);
        archive.value(index);
        archive.value(isOn);
        archive.value(color);
        archive.value(level);
        archive.value(bytes);
        archive.list(queue, 8);
        archive.value(deadline);
        archive.endChunk();
    }
    bool operator==(const Chip &) const = default;
};

const Chip Used{0x1234, true, Color::Green, -5, {1, 2, 3}, {7, 8, 9}, 99};

std::vector<std::uint8_t> savedChip()
{
    Chip chip = Used;
    StateArchive archive;
    chip.serialize(archive);
    return archive.take();
}

} // namespace

class TestStateArchive : public QObject
{
    Q_OBJECT
private slots:
    void whatWasSavedIsLoaded()
    {
        StateArchive archive(savedChip());
        Chip chip;
        chip.serialize(archive);
        QVERIFY_OK(archive.result());
        QVERIFY(chip == Used);
        QVERIFY(archive.isAtEnd());
    }

    void everyTruncationFailsByName()
    {
        const std::vector<std::uint8_t> whole = savedChip();
        for (std::size_t length = 0; length < whole.size(); ++length) {
            StateArchive archive(
                std::vector<std::uint8_t>(whole.begin(), whole.begin() + long(length)));
            Chip chip;
            chip.serialize(archive);
            QVERIFY_ERROR(archive.result(), ErrorKind::Corrupt);
            QVERIFY(archive.error().text().find("chip") != std::string::npos);
        }
    }

    void aLaterVersionIsRefused()
    {
        std::vector<std::uint8_t> bytes = savedChip();
        bytes[5] = 3; // after the name's length and "chip"
        StateArchive archive(bytes);
        Chip chip;
        chip.serialize(archive);
        QVERIFY_ERROR(archive.result(), ErrorKind::Corrupt);
        QVERIFY(archive.error().text().find("version 3") != std::string::npos);
    }

    void anotherDevicesChunkIsRefused()
    {
        StateArchive archive(savedChip());
        archive.beginChunk("disk", 1);
        QVERIFY_ERROR(archive.result(), ErrorKind::Corrupt);
        QVERIFY(archive.error().text().find("\"chip\" is where \"disk\"") != std::string::npos);
    }

    void whatIsLeftUnreadIsRefused()
    {
        StateArchive archive(savedChip());
        std::uint16_t index = 0;
        archive.beginChunk("chip", 2);
        archive.value(index);
        archive.endChunk();
        QVERIFY_ERROR(archive.result(), ErrorKind::Corrupt);
    }

    void aListThatIsTooLongIsRefused()
    {
        StateArchive saving;
        std::vector<std::uint32_t> items(9);
        saving.beginChunk("list", 1);
        saving.list(items, 9);
        saving.endChunk();
        StateArchive archive(saving.take());
        std::vector<std::uint32_t> loaded;
        archive.beginChunk("list", 1);
        archive.list(loaded, 8);
        QVERIFY_ERROR(archive.result(), ErrorKind::Corrupt);
        QVERIFY(loaded.empty());
    }
};

QTEST_GUILESS_MAIN(TestStateArchive)
#include "tst_state_archive.moc"
