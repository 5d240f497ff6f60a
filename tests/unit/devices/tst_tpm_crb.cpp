// SPDX-License-Identifier: GPL-3.0-or-later
// The TPM's registers, as Linux' tpm_crb and SeaBIOS drive them.
#include "engine/devices/tpm_crb.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"
#include "tests/support/fake_tpm.h"
#include "tests/support/test_main.h"

using namespace engine;
using tests::TpmBytes;
using tests::tpmMessage;

namespace {

constexpr std::uint64_t Base = TpmCrb::BaseAddress;
constexpr std::uint64_t Buffer = Base + 0x80;
constexpr std::uint64_t LocalityState = Base + 0x00;
constexpr std::uint64_t LocalityControl = Base + 0x08;
constexpr std::uint64_t LocalityStatus = Base + 0x0c;
constexpr std::uint64_t InterfaceId = Base + 0x30;
constexpr std::uint64_t Request = Base + 0x40;
constexpr std::uint64_t Status = Base + 0x44;
constexpr std::uint64_t Cancel = Base + 0x48;
constexpr std::uint64_t Start = Base + 0x4c;

struct Rig
{
    Rig()
    {
        memory.add({.base = Base, .size = TpmCrb::RegionBytes, .device = &chip});
        tests::resetDevice(chip);
    }
    Device &device() { return chip; }
    std::vector<tests::Region> regions() const { return {{0, TpmCrb::RegionBytes}}; }
    void disturb()
    {
        command(tpmMessage(0x144, {0, 0}));
        out(Cancel, 1);
        settle();
    }
    void settle()
    {
        while (!tpm->waiting.empty())
            tpm->answer(tpmMessage(0, {7}));
    }

    std::uint32_t in(std::uint64_t address) { return std::uint32_t(memory.read(address, 4)); }
    void out(std::uint64_t address, std::uint32_t value) { memory.write(address, 4, value); }
    // As far as starting it.
    void command(const TpmBytes &bytes)
    {
        out(LocalityControl, 1);
        out(Request, 1);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            memory.write(Buffer + i, 1, bytes[i]);
        out(Start, 1);
    }
    TpmBytes response(std::size_t size)
    {
        TpmBytes bytes;
        for (std::size_t i = 0; i < size; ++i)
            bytes.push_back(std::uint8_t(memory.read(Buffer + i, 1)));
        return bytes;
    }
    bool isIdle()
    {
        const std::lock_guard lock(chip.lock());
        return chip.isIdle();
    }

    Bus memory;
    std::shared_ptr<tests::FakeTpm> tpm = std::make_shared<tests::FakeTpm>();
    TpmCrb chip{tpm};
};

} // namespace

class TestTpmCrb : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void itSaysWhatItIs()
    {
        Rig rig;
        const std::uint32_t id = rig.in(InterfaceId);
        QCOMPARE(id & 0xf, 1u); // a CRB
        QCOMPARE((id >> 4) & 0xf, 1u);
        QVERIFY((id & (1u << 14)) != 0); // of which OVMF asks whether it can be one
        QVERIFY((id & (1u << 13)) == 0); // no FIFO
        QCOMPARE(rig.in(Base + 0x58), 0xf80u);
        QCOMPARE(rig.memory.read(Base + 0x5c, 8), Buffer);
        QCOMPARE(rig.in(Base + 0x64), 0xf80u);
        QCOMPARE(rig.memory.read(Base + 0x68, 8), Buffer);
        QCOMPARE(rig.in(Base + 0x1000), ~0u); // no other locality
        QCOMPARE(rig.in(LocalityState), 0x81u);
    }

    void aLocalityIsAskedForAndGivenBack()
    {
        Rig rig;
        QCOMPARE(rig.in(LocalityStatus), 0u);
        rig.out(LocalityControl, 1);
        QCOMPARE(rig.in(LocalityStatus), 1u);
        QCOMPARE(rig.in(LocalityState), 0x83u);
        QCOMPARE(rig.in(Status), 2u); // idle
        rig.out(Request, 1);
        QCOMPARE(rig.in(Request), 0u); // done
        QCOMPARE(rig.in(Status), 0u);
        rig.out(Request, 2);
        QCOMPARE(rig.in(Status), 2u);
        rig.out(LocalityControl, 2);
        QCOMPARE(rig.in(LocalityStatus), 0u);
    }

    void withoutALocalityNothingIsStarted()
    {
        Rig rig;
        rig.command(tpmMessage(0x144, {0, 0}));
        rig.tpm->answer(tpmMessage(0));
        rig.out(LocalityControl, 2);
        rig.out(Start, 1);
        QCOMPARE(rig.tpm->commands.size(), std::size_t(1));
    }

    void aCommandIsAnsweredWhileTheGuestRuns()
    {
        Rig rig;
        const TpmBytes command = tpmMessage(0x144, {0, 0});
        rig.command(command);
        QCOMPARE(rig.tpm->commands, std::vector<TpmBytes>{command});
        QCOMPARE(rig.in(Start), 1u);
        QVERIFY(!rig.isIdle());
        // Until then neither the buffer nor the state is the guest's.
        rig.out(Buffer, 0x12345678);
        rig.out(Request, 2);
        rig.out(Start, 1);
        QCOMPARE(rig.in(Buffer), ~0u);
        QCOMPARE(rig.in(Status), 0u);
        QCOMPARE(rig.tpm->commands.size(), std::size_t(1));
        const TpmBytes response = tpmMessage(0, {1, 2, 3});
        rig.tpm->answer(response);
        QCOMPARE(rig.in(Start), 0u);
        QCOMPARE(rig.response(response.size()), response);
        QVERIFY(rig.isIdle());
    }

    void theBufferTakesEverySize()
    {
        Rig rig;
        rig.out(LocalityControl, 1);
        rig.memory.write(Buffer, 8, 0x0000'0c00'0000'0180); // tag, size, the code's first half
        rig.memory.write(Buffer + 8, 2, 0x4401);
        rig.memory.write(Buffer + 10, 2, 0);
        rig.out(Start, 1);
        QCOMPARE(rig.tpm->commands, std::vector<TpmBytes>{tpmMessage(0x144, {0, 0})});
    }

    void impossibleLengthsAreAnsweredHere_data()
    {
        QTest::addColumn<unsigned>("size");
        for (const unsigned size : {0u, 9u, 0xf81u, 0xffffffffu})
            QTest::addRow("%u", size) << size;
    }
    void impossibleLengthsAreAnsweredHere()
    {
        QFETCH(unsigned, size);
        Rig rig;
        TpmBytes command = tpmMessage(0x144, {0, 0});
        for (unsigned i = 0; i < 4; ++i)
            command[2 + i] = std::uint8_t(size >> (24 - 8 * i));
        rig.command(command);
        QVERIFY(rig.tpm->commands.empty());
        QCOMPARE(rig.in(Start), 0u);
        QCOMPARE(rig.response(10), tpmMessage(0x142)); // TPM_RC_COMMAND_SIZE
    }

    void aCommandIsCalledOff()
    {
        Rig rig;
        rig.out(Cancel, 1);
        QCOMPARE(rig.tpm->cancels, 0); // nothing to call off
        rig.out(Cancel, 0);
        rig.command(tpmMessage(0x144, {0, 0}));
        rig.out(Cancel, 1);
        QCOMPARE(rig.tpm->cancels, 1);
        QCOMPARE(rig.in(Start), 1u); // the response comes all the same
        rig.tpm->answer(tpmMessage(0x909));
        QCOMPARE(rig.in(Start), 0u);
        rig.out(Cancel, 0);
        QCOMPARE(rig.in(Cancel), 0u);
    }

    void aResetPowersItDownAndForgetsTheCommand()
    {
        Rig rig;
        const int before = rig.tpm->powerCycles;
        rig.command(tpmMessage(0x144, {0, 0}));
        tests::resetDevice(rig.chip);
        QCOMPARE(rig.tpm->powerCycles, before + 1);
        QCOMPARE(rig.in(Start), 0u);
        QVERIFY(!rig.isIdle());
        const TpmBytes second = tpmMessage(0x17e, {0, 1});
        rig.command(second);
        rig.tpm->answer(tpmMessage(0, {1})); // to the one of before
        QCOMPARE(rig.in(Start), 1u);
        rig.tpm->answer(tpmMessage(0, {2}));
        QCOMPARE(rig.response(11), tpmMessage(0, {2}));
        QVERIFY(rig.isIdle());
    }

    void aTpmThatIsGoneIsAFatalError()
    {
        Rig rig;
        rig.command(tpmMessage(0x144, {0, 0}));
        rig.tpm->answer({});
        QCOMPARE(rig.in(Start), 0u);
        QCOMPARE(rig.response(10), tpmMessage(0x101)); // TPM_RC_FAILURE
        QCOMPARE(rig.in(Status)&1, 1u);
        rig.tpm->isLost = true;
        StateArchive archive;
        serializeDevice(archive, rig.chip);
        QVERIFY(archive.hasFailed());
        QVERIFY(archive.error().text().find("the TPM is gone") != std::string::npos);
    }

    void theTpmsStateIsSavedWithIt()
    {
        Rig rig;
        rig.command(tpmMessage(0x144, {0, 0}));
        rig.tpm->answer(tpmMessage(0, {5}));
        rig.tpm->state.parts[0] = {.flags = 2, .bytes = {1, 2, 3}};
        const auto saved = tests::savedBytes(rig.chip);
        Rig other;
        QVERIFY(tests::loadBytes(other.chip, saved));
        QCOMPARE(other.tpm->state, rig.tpm->state);
        QCOMPARE(other.response(11), tpmMessage(0, {5}));
        Rig lost;
        lost.tpm->isLost = true;
        QVERIFY(!tests::loadBytes(lost.chip, saved));
    }
};

QTEST_GUILESS_MAIN(TestTpmCrb)
#include "tst_tpm_crb.moc"
