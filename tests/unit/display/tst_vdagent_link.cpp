// SPDX-License-Identifier: GPL-3.0-or-later
// The window's end of spice-vdagent's protocol, with the agent played by the test.
#include "display/vdagent/vdagent_guest_link.h"
#include "tests/support/fake_vdagent.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

using namespace display;
using display::vdagent::AgentGuestLink;
using display::vdagent::MessageReader;
using fakes::FakeVdagent;
using Message = FakeVdagent::Message;
using Capability = FakeVdagent::Capability;

Q_DECLARE_METATYPE(display::ClipFormat)

namespace {

const QByteArray Selection(4, '\0');

QByteArray word(quint32 value)
{
    return FakeVdagent::word(value);
}

struct Rig
{
    FakeVdagent agent;
    AgentGuestLink link;
    QSignalSpy changed{&link, &GuestLink::abilitiesChanged};
    QSignalSpy ended{&link, &GuestLink::copyEnded};
    QList<QList<ClipFormat>> offers;
    QList<ClipFormat> requests;
    QList<std::pair<ClipFormat, QByteArray>> arrivals;
    qint64 done = 0;
    qint64 total = 0;

    Rig()
    {
        QObject::connect(&link, &GuestLink::offered, &link,
                         [this](const QList<ClipFormat> &formats) { offers.append(formats); });
        QObject::connect(&link, &GuestLink::requested, &link,
                         [this](ClipFormat format) { requests.append(format); });
        QObject::connect(&link, &GuestLink::arrived, &link,
                         [this](ClipFormat format, const QByteArray &data) {
                             arrivals.append({format, data});
                         });
        QObject::connect(&link, &GuestLink::copyProgressed, &link, [this](qint64 now, qint64 all) {
            done = now;
            total = all;
        });
    }
    bool start(const QList<Capability> &capabilities = FakeVdagent::everything())
    {
        link.setStream(agent.open());
        if (!agent.hears(Message::AnnounceCapabilities))
            return false;
        agent.announce(capabilities);
        return QTest::qWaitFor([this] { return link.abilities().hasAgent; });
    }
};

QString write(const QTemporaryDir &folder, const QString &name, const QByteArray &bytes)
{
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write");
    return file.fileName();
}

} // namespace

class TestVdagentLink : public QObject
{
    Q_OBJECT

private slots:
    void messagesAreCutAndBounded()
    {
        const QByteArray small = vdagent::clipboardRequest(vdagent::ClipboardType::Png, true);
        const QByteArray data(1000, 'x');
        const QByteArray large =
            vdagent::clipboardHead(vdagent::ClipboardType::Utf8Text, data.size(), true) + data;
        const QByteArray nothing = vdagent::release(false);
        const QByteArray stream = small + large + nothing + small;
        for (const qsizetype step : {1, 7, 20, 5000}) {
            MessageReader reader(100); // so the large one is too long
            QList<vdagent::Received> all;
            for (qsizetype at = 0; at < stream.size(); at += step) {
                reader.feed(QByteArrayView(stream).sliced(at, std::min(step, stream.size() - at)));
                while (const auto one = reader.next())
                    all.append(*one);
            }
            QCOMPARE(all.size(), 4);
            QCOMPARE(all[0].type, Message::ClipboardRequest);
            QCOMPARE(all[0].data, Selection + word(2));
            QVERIFY(!all[0].isCut);
            QCOMPARE(all[1].type, Message::Clipboard);
            QVERIFY(all[1].isCut);
            QCOMPARE(all[1].data.size(), MessageReader::KeptOfCut);
            QCOMPARE(all[2].type, Message::ClipboardRelease);
            QVERIFY(all[2].data.isEmpty());
            QCOMPARE(all[3].data, all[0].data);
        }
    }

    void agentSaysWhatItCan()
    {
        Rig rig;
        QVERIFY(!rig.link.abilities().hasAgent);
        rig.link.setStream(rig.agent.open());
        QVERIFY(rig.agent.hears(Message::AnnounceCapabilities));
        const auto ours = vdagent::readAnnouncement(rig.agent.last.data);
        QVERIFY(ours && ours->isQuestion);
        QVERIFY(ours->capabilities.has(Capability::ClipboardByDemand));
        QVERIFY(ours->capabilities.has(Capability::ClipboardSelection));
        QVERIFY(!ours->capabilities.has(Capability::AudioVolumeSync));
        QVERIFY(!rig.link.abilities().hasAgent); // whoever it is, it has said nothing
        rig.agent.announce({Capability::MonitorsConfig, Capability::FileTransferDisabled}, true);
        QTRY_VERIFY(rig.link.abilities().hasAgent);
        QVERIFY(rig.agent.hears(Message::AnnounceCapabilities));
        QVERIFY(!vdagent::readAnnouncement(rig.agent.last.data)->isQuestion);
        QCOMPARE(rig.link.abilities(),
                 (GuestAbilities{.hasAgent = true, .canResize = true, .takesFiles = false}));
        rig.agent.announce(FakeVdagent::everything());
        QVERIFY(rig.agent.hears(Message::MaxClipboard));
        QCOMPARE(rig.agent.last.data, word(GuestLink::MaxClipboardBytes));
        QVERIFY(rig.link.abilities().hasClipboard);
        rig.agent.announce({Capability::ClipboardByDemand, Capability::GuestLineEndCrLf});
        QTRY_VERIFY(rig.link.abilities().hasCrLfText);
        QVERIFY(!rig.link.abilities().canResize);
    }

    void agentThatRestartsBeginsAnew()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.link.offer({ClipFormat::Text});
        rig.agent.sendBytes(QByteArray("\1\0\0\0half", 8));
        rig.agent.close();
        QTRY_COMPARE(rig.link.abilities(), GuestAbilities());
        QCOMPARE(rig.changed.size(), 2);
        rig.link.offer({ClipFormat::Text}); // nobody is there, and nothing happens
        QVERIFY(rig.start());
        rig.agent.send(Message::ClipboardRelease, Selection);
        QTRY_COMPARE(rig.offers.size(), 1);
    }

    void textGoesToTheGuest()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.link.offer({ClipFormat::Text, ClipFormat::Png});
        QVERIFY(rig.agent.hears(Message::ClipboardGrab));
        QCOMPARE(rig.agent.last.data, Selection + word(1) + word(2));
        rig.agent.send(Message::ClipboardRequest, Selection + word(1));
        QTRY_COMPARE(rig.requests, QList<ClipFormat>({ClipFormat::Text}));
        rig.link.answer(ClipFormat::Text, "Gr\u00fc\u00dfe");
        QVERIFY(rig.agent.hears(Message::Clipboard));
        QCOMPARE(rig.agent.last.data, Selection + word(1) + QByteArray("Gr\u00fc\u00dfe"));
        rig.link.answer(ClipFormat::Png, {}); // there is none after all
        QVERIFY(rig.agent.hears(Message::Clipboard));
        QCOMPARE(rig.agent.last.data, Selection + word(0));
        // Of a format nobody offered, or of the other selection.
        rig.agent.send(Message::ClipboardRequest, QByteArray("\1\0\0\0", 4) + word(1));
        rig.agent.send(Message::ClipboardRequest, Selection + word(77));
        QVERIFY(rig.agent.hears(Message::Clipboard));
        QCOMPARE(rig.agent.last.data, Selection + word(0));
        QCOMPARE(rig.requests.size(), 1);
        rig.link.offer({});
        QVERIFY(rig.agent.hears(Message::ClipboardRelease));
        rig.link.offer({});
        QVERIFY(rig.agent.isSilentOf(Message::ClipboardRelease));
    }

    void picturesComeFromTheGuest()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.agent.send(Message::ClipboardGrab, Selection + word(2) + word(99) + word(2) + word(5));
        QTRY_COMPARE(rig.offers, QList<QList<ClipFormat>>({{ClipFormat::Png, ClipFormat::Jpeg}}));
        rig.link.request(ClipFormat::Png);
        QVERIFY(rig.agent.hears(Message::ClipboardRequest));
        QCOMPARE(rig.agent.last.data, Selection + word(2));
        rig.agent.send(Message::Clipboard, Selection + word(2) + "\x89PNG");
        QTRY_COMPARE(rig.arrivals.size(), 1);
        QCOMPARE(rig.arrivals[0].first, ClipFormat::Png);
        QCOMPARE(rig.arrivals[0].second, QByteArray("\x89PNG"));
        // It cannot: whoever waits is told.
        rig.agent.send(Message::Clipboard, Selection + word(0));
        QTRY_COMPARE(rig.arrivals.size(), 6);
        // PRIMARY is not shared.
        rig.agent.send(Message::ClipboardGrab, QByteArray("\1\0\0\0", 4) + word(1));
        rig.agent.send(Message::ClipboardRelease, Selection);
        QTRY_COMPARE(rig.offers.size(), 2);
        QVERIFY(rig.offers[1].isEmpty());
    }

    void oldOwnersGoodbyeIsNotOurs()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.link.offer({ClipFormat::Text});
        rig.agent.send(Message::ClipboardRelease, Selection);
        rig.agent.send(Message::ClipboardGrab, Selection + word(1));
        QTRY_COMPARE(rig.offers, QList<QList<ClipFormat>>({{ClipFormat::Text}}));
    }

    void agentWithoutSelectionsIsSpokenToSo()
    {
        Rig rig;
        QVERIFY(rig.start({Capability::ClipboardByDemand}));
        rig.link.offer({ClipFormat::Text});
        QVERIFY(rig.agent.hears(Message::ClipboardGrab));
        QCOMPARE(rig.agent.last.data, word(1));
        rig.agent.send(Message::ClipboardGrab, word(1));
        QTRY_COMPARE(rig.offers.size(), 1);
        rig.link.request(ClipFormat::Text);
        QVERIFY(rig.agent.hears(Message::ClipboardRequest));
        QCOMPARE(rig.agent.last.data, word(1));
        rig.agent.send(Message::Clipboard, word(1) + "text");
        QTRY_COMPARE(rig.arrivals.size(), 1);
        QCOMPARE(rig.arrivals[0].second, QByteArray("text"));
    }

    void sixteenMebibytesGoBothWays()
    {
        Rig rig;
        QVERIFY(rig.start());
        QByteArray large(16 << 20, '\0');
        for (qsizetype i = 0; i < large.size(); ++i)
            large[i] = char(i * 31 >> 3);
        rig.link.offer({ClipFormat::Text});
        rig.link.answer(ClipFormat::Text, large);
        QVERIFY(rig.agent.hears(Message::Clipboard));
        QVERIFY(rig.agent.last.data == Selection + word(1) + large);
        rig.agent.send(Message::Clipboard, Selection + word(1) + large);
        QTRY_COMPARE(rig.arrivals.size(), 1);
        QVERIFY(rig.arrivals[0].second == large);
    }

    void tooMuchIsNothing()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.link.answer(ClipFormat::Text, QByteArray(GuestLink::MaxClipboardBytes + 1, 'x'));
        QVERIFY(rig.agent.hears(Message::Clipboard));
        QCOMPARE(rig.agent.last.data, Selection + word(0));
        rig.agent.send(Message::Clipboard,
                       Selection + word(1) + QByteArray(GuestLink::MaxClipboardBytes + 1, 'x'));
        QTRY_COMPARE(rig.arrivals.size(), 1);
        QCOMPARE(rig.arrivals[0].first, ClipFormat::Text);
        QVERIFY(rig.arrivals[0].second.isEmpty());
    }

    void resolutionIsAskedFor()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.link.setMonitors({QRect(0, 0, 1280, 720), QRect(1280, 0, 800, 600)});
        QVERIFY(rig.agent.hears(Message::MonitorsConfig));
        QCOMPARE(rig.agent.last.data,
                 word(2) + word(1) + word(720) + word(1280) + word(32) + word(0) + word(0)
                     + word(600) + word(800) + word(32) + word(1280) + word(0));
        rig.agent.send(Message::Reply, word(2) + word(1)); // heard, and of no consequence
        rig.agent.announce({Capability::ClipboardByDemand});
        QTRY_VERIFY(!rig.link.abilities().canResize);
        rig.link.setMonitors({QRect(0, 0, 640, 480)});
        QVERIFY(rig.agent.isSilentOf(Message::MonitorsConfig));
    }

    void aCardTakesSizesWithoutAnAgent()
    {
        Rig rig;
        QSignalSpy wanted(&rig.link, &vdagent::AgentGuestLink::sizeWanted);
        rig.link.setMonitors({QRect(0, 0, 640, 480)});
        QCOMPARE(wanted.size(), 0);
        rig.link.setCardTakesSize(true);
        QCOMPARE(rig.changed.size(), 1);
        QCOMPARE(rig.link.abilities(), GuestAbilities{.canResize = true});
        rig.link.setMonitors({QRect(0, 0, 640, 480)});
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.last().first().toSize(), QSize(640, 480));
        // With an agent both hear of it, and the card's ability outlives the agent.
        QVERIFY(rig.start());
        rig.link.setMonitors({QRect(0, 0, 800, 600)});
        QVERIFY(rig.agent.hears(Message::MonitorsConfig));
        QCOMPARE(wanted.size(), 2);
        rig.agent.close();
        QTRY_COMPARE(rig.link.abilities(), GuestAbilities{.canResize = true});
        rig.link.setCardTakesSize(false);
        QCOMPARE(rig.link.abilities(), GuestAbilities());
    }

    void filesGoOneAfterTheOther()
    {
        Rig rig;
        QTemporaryDir folder;
        const QByteArray large(1000001, 'L');
        const QStringList paths = {write(folder, "large file.bin", large),
                                   write(folder, " odd\\name\n", "few"), write(folder, "none", {})};
        QVERIFY(rig.start());
        rig.link.copyFiles(paths);
        const QList<QByteArray> names = {"large file.bin", "\\sodd\\\\name\\n", "none"};
        const QList<QByteArray> contents = {large, "few", {}};
        for (qsizetype i = 0; i < paths.size(); ++i) {
            QVERIFY(rig.agent.hears(Message::FileTransferStart));
            const QByteArray id = word(quint32(i + 1));
            QCOMPARE(rig.agent.last.data,
                     id + "[vdagent-file-xfer]\nname=" + names[i]
                         + "\nsize=" + QByteArray::number(contents[i].size()) + "\n" + '\0');
            QVERIFY(rig.agent.isSilentOf(Message::FileTransferData)); // before it is wanted
            rig.agent.send(Message::FileTransferStatus, id + word(0));
            QByteArray got;
            do {
                QVERIFY(rig.agent.hears(Message::FileTransferData));
                QCOMPARE(rig.agent.last.data.first(4), id);
                const QByteArray piece = rig.agent.last.data.sliced(12);
                QCOMPARE(rig.agent.last.data.sliced(4, 8), word(quint32(piece.size())) + word(0));
                QVERIFY(piece.size() <= 65536);
                got += piece;
            } while (got.size() < contents[i].size());
            QVERIFY(got == contents[i]);
            QVERIFY(rig.ended.isEmpty());
            rig.agent.send(Message::FileTransferStatus, id + word(3));
        }
        QTRY_COMPARE(rig.ended.size(), 1);
        QCOMPARE(rig.ended[0].at(0).toString(), QString());
        QCOMPARE(rig.ended[0].at(1).toBool(), false);
        QCOMPARE(rig.done, qint64(1000004));
        QCOMPARE(rig.total, qint64(1000004));
    }

    void copyIsCanceled()
    {
        Rig rig;
        QTemporaryDir folder;
        const QString path = write(folder, "a", QByteArray(4 << 20, 'x'));
        QVERIFY(rig.start());
        rig.link.copyFiles({path});
        QVERIFY(rig.agent.hears(Message::FileTransferStart));
        rig.agent.send(Message::FileTransferStatus, word(1) + word(0));
        QVERIFY(rig.agent.hears(Message::FileTransferData));
        rig.link.copyFiles({path}); // one at a time
        QTRY_COMPARE(rig.ended.size(), 1);
        QVERIFY(rig.ended[0].at(0).toString().contains("Other files"));
        rig.link.cancelCopy();
        QTRY_COMPARE(rig.ended.size(), 2);
        QVERIFY(rig.ended[1].at(1).toBool());
        QVERIFY(rig.agent.hears(Message::FileTransferStatus));
        QCOMPARE(rig.agent.last.data, word(1) + word(1));
        // The next one has another number; this time the guest's user cancels.
        rig.link.copyFiles({path});
        QVERIFY(rig.agent.hears(Message::FileTransferStart));
        QCOMPARE(rig.agent.last.data.first(4), word(2));
        rig.agent.send(Message::FileTransferStatus, word(1) + word(2)); // of the one before
        rig.agent.send(Message::FileTransferStatus, word(2) + word(1));
        QTRY_COMPARE(rig.ended.size(), 3);
        QVERIFY(rig.ended[2].at(1).toBool());
    }

    void copyThatFailsSaysWhy_data()
    {
        QTest::addColumn<quint32>("result");
        QTest::addColumn<QString>("problem");
        QTest::newRow("error") << 2u << "The guest could not take \"a\"";
        QTest::newRow("full") << 4u << "The guest has no room for \"a\"";
        QTest::newRow("locked") << 5u << "The guest's screen is locked; unlock it, then copy again";
        QTest::newRow("nobody")
            << 6u << "Nobody is logged in at the guest's desktop, so nobody takes files";
        QTest::newRow("disabled") << 7u << "The guest does not take files";
        QTest::newRow("done too early") << 3u << "The guest could not take \"a\"";
        QTest::newRow("unknown") << 1234u << "The guest could not take \"a\"";
    }
    void copyThatFailsSaysWhy()
    {
        QFETCH(const quint32, result);
        QFETCH(const QString, problem);
        Rig rig;
        QTemporaryDir folder;
        QVERIFY(rig.start());
        rig.link.copyFiles({write(folder, "a", "12345")});
        QVERIFY(rig.agent.hears(Message::FileTransferStart));
        rig.agent.send(Message::FileTransferStatus, word(1) + word(result));
        QTRY_COMPARE(rig.ended.size(), 1);
        QCOMPARE(rig.ended[0].at(0).toString(), problem);
        QCOMPARE(rig.ended[0].at(1).toBool(), false);
    }

    void copyEndsWithTheAgentAndWithoutAFile()
    {
        Rig rig;
        QTemporaryDir folder;
        rig.link.copyFiles({write(folder, "a", "12345")});
        QTRY_COMPARE(rig.ended.size(), 1);
        QVERIFY(rig.ended[0].at(0).toString().contains("no agent"));
        QVERIFY(rig.start());
        rig.link.copyFiles({folder.filePath("not there")});
        QTRY_COMPARE(rig.ended.size(), 2);
        QVERIFY(rig.ended[1].at(0).toString().contains("cannot be read"));
        rig.link.copyFiles({folder.filePath("a")});
        QVERIFY(rig.agent.hears(Message::FileTransferStart));
        rig.agent.close();
        QTRY_COMPARE(rig.ended.size(), 3);
        QCOMPARE(rig.ended[2].at(0).toString(), "The agent in the guest has gone");
    }

    void nonsenseIsSurvived()
    {
        Rig rig;
        QVERIFY(rig.start());
        for (quint32 type = 0; type < 20; ++type)
            for (const qsizetype size : {0, 1, 3, 5, 11, 500})
                rig.agent.send(Message(type), QByteArray(size, char(0xee)));
        rig.agent.announce(FakeVdagent::everything());
        rig.agent.send(Message::ClipboardGrab, Selection + word(1));
        QTRY_VERIFY(!rig.offers.isEmpty() && rig.offers.last() == QList{ClipFormat::Text});
    }
};

QTEST_GUILESS_MAIN(TestVdagentLink)
#include "tst_vdagent_link.moc"
