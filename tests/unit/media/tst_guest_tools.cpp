// SPDX-License-Identifier: GPL-3.0-or-later
// The disc with the guest tools: what is on it, read back by libarchive.
#include "engine/machine/qt_text.h"
#include "engine/media/guest_tools.h"
#include "engine/media/iso_writer.h"
#include "tests/support/test_main.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <memory>

#include <archive.h>
#include <archive_entry.h>

using namespace engine;

namespace {

struct OnDisc
{
    QByteArray bytes;
    bool isExecutable = false;
};

QMap<QString, OnDisc> readDisc(const QString &path)
{
    QMap<QString, OnDisc> files;
    const std::unique_ptr<struct archive, decltype(&archive_read_free)> reader(archive_read_new(),
                                                                               archive_read_free);
    archive_read_support_format_iso9660(reader.get());
    if (archive_read_open_filename(reader.get(), QFile::encodeName(path).constData(), 2048) != 0)
        return files;
    struct archive_entry *entry = nullptr;
    while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        OnDisc &file = files[QString::fromUtf8(archive_entry_pathname(entry))];
        file.bytes.resize(qsizetype(archive_entry_size(entry)));
        archive_read_data(reader.get(), file.bytes.data(), std::size_t(file.bytes.size()));
        file.isExecutable = (archive_entry_perm(entry) & 0111) != 0;
    }
    return files;
}

void writeFile(const QString &path, const QByteArray &bytes, const QDateTime &time = {})
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.flush();
    if (time.isValid())
        QVERIFY(file.setFileTime(time, QFileDevice::FileModificationTime));
}

// A computer of packages for Debian 12.
struct Computer
{
    Computer()
    {
        request.path = path("data/tools.iso");
        request.packageFolders = {path("apt"), path("cache")};
        request.downloadFolder = path("cache");
        request.release = {"debian", "12", "amd64"};
    }
    QString path(const QString &name) const { return folder.filePath(name); }
    void hasPackage(const QString &name, const QByteArray &bytes, const QDateTime &time = {})
    {
        writeFile(path(name), bytes, time);
    }

    QTemporaryDir folder;
    GuestToolsRequest request;
};

} // namespace

class TestGuestTools final : public QObject
{
    Q_OBJECT
private slots:
    void theScriptAndItsExplanationAreOnIt()
    {
        Computer computer;
        const Result<GuestTools> tools = makeGuestTools(computer.request);
        QVERIFY2(tools, tools ? "" : tools.error().text().c_str());
        const QMap<QString, OnDisc> disc = readDisc(tools->path);
        QCOMPARE(disc.keys(), (QStringList{"README.txt", "install.sh"}));
        QVERIFY(disc["install.sh"].isExecutable);
        QVERIFY(disc["install.sh"].bytes.startsWith("#!/bin/sh\n"));
        QVERIFY(!disc["README.txt"].isExecutable);
        QVERIFY(tools->packages.isEmpty());
        QVERIFY2(tools->note.contains("qemu-guest-agent"), qPrintable(tools->note));
    }

    void theVolumeHasAName()
    {
        Computer computer;
        QVERIFY(makeGuestTools(computer.request));
        QFile image(computer.request.path);
        QVERIFY(image.open(QIODevice::ReadOnly));
        QVERIFY(image.seek(16 * 2048)); // ECMA-119, 8.4: the primary volume descriptor
        const QByteArray descriptor = image.read(2048);
        QCOMPARE(descriptor.mid(1, 5), QByteArray("CD001"));
        QCOMPARE(descriptor.mid(40, 32).trimmed(), QByteArray("VITRINE_TOOLS"));
        QCOMPARE(image.size() % 2048, 0);
    }

    void packagesThatAreThereAreTaken()
    {
        Computer computer;
        const QDateTime now = QDateTime::currentDateTime();
        computer.hasPackage("apt/qemu-guest-agent_1%3a7.2+dfsg-7_amd64.deb", "old",
                            now.addDays(-9));
        computer.hasPackage("apt/qemu-guest-agent_1%3a7.2+dfsg-7+deb12u18_amd64.deb", "new", now);
        computer.hasPackage("apt/qemu-guest-agent_9_arm64.deb", "of another computer", now);
        computer.hasPackage("cache/spice-vdagent_0.22.1-3+deb12u1_amd64.deb", "agent");
        computer.hasPackage("apt/spice-vdagent_1_amd64.deb", ""); // cut off
        const Result<GuestTools> tools = makeGuestTools(computer.request);
        QVERIFY(tools);
        QCOMPARE(tools->note, QString());
        QCOMPARE(tools->packages,
                 (QStringList{"qemu-guest-agent_1%3a7.2+dfsg-7+deb12u18_amd64.deb",
                              "spice-vdagent_0.22.1-3+deb12u1_amd64.deb"}));
        const QMap<QString, OnDisc> disc = readDisc(tools->path);
        QCOMPARE(disc["packages/" + tools->packages[0]].bytes, QByteArray("new"));
        QCOMPARE(disc["packages/" + tools->packages[1]].bytes, QByteArray("agent"));
        QCOMPARE(disc["packages/release"].bytes, QByteArray("debian 12 amd64\n"));
        QCOMPARE(disc.size(), 5);
    }

    void onlyWhatIsMissingIsDownloaded()
    {
        Computer computer;
        computer.hasPackage("apt/qemu-guest-agent_7_amd64.deb", "a");
        QStringList asked;
        computer.request.download = [&](const QString &folder,
                                        const QStringList &packages) -> Result<> {
            asked = packages;
            writeFile(folder + "/spice-vdagent_0.22_amd64.deb", "b");
            return {};
        };
        const Result<GuestTools> tools = makeGuestTools(computer.request);
        QVERIFY(tools);
        QCOMPARE(asked, QStringList{"spice-vdagent"});
        QCOMPARE(tools->packages.size(), 2);
        QCOMPARE(tools->note, QString());
        // And is there the next time.
        asked.clear();
        QVERIFY(makeGuestTools(computer.request));
        QCOMPARE(asked, QStringList());
    }

    void withoutANetworkThereAreNone()
    {
        Computer computer;
        computer.request.download = [](const QString &, const QStringList &) -> Result<> {
            return makeError(ErrorKind::Io, QStringLiteral("Temporary failure resolving"));
        };
        const Result<GuestTools> tools = makeGuestTools(computer.request);
        QVERIFY(tools);
        QVERIFY(tools->packages.isEmpty());
        QCOMPARE(tools->note, "Temporary failure resolving");
        QVERIFY(!readDisc(tools->path).contains("packages/release"));
    }

    void anotherKindOfComputerIsNotAsked()
    {
        Computer computer;
        computer.hasPackage("apt/qemu-guest-agent_7_amd64.deb", "a");
        computer.request.release = {"fedora", "40", {}};
        computer.request.download = [](const QString &, const QStringList &) -> Result<> {
            return makeError(ErrorKind::Io, QStringLiteral("asked"));
        };
        const Result<GuestTools> tools = makeGuestTools(computer.request);
        QVERIFY(tools);
        QVERIFY(tools->packages.isEmpty());
        QVERIFY(!tools->note.contains("asked"));
    }

    void aMachineKeepsTheDiscThatItHas()
    {
        Computer computer;
        QVERIFY(makeGuestTools(computer.request));
        QFile inDrive(computer.request.path);
        QVERIFY(inDrive.open(QIODevice::ReadOnly));
        const QByteArray before = inDrive.readAll();
        computer.hasPackage("apt/qemu-guest-agent_7_amd64.deb", QByteArray(100'000, 'x'));
        QVERIFY(makeGuestTools(computer.request));
        QVERIFY(readDisc(computer.request.path).size() > 2);
        QVERIFY(inDrive.seek(0));
        QCOMPARE(inDrive.readAll(), before);
        QCOMPARE(QDir(computer.path("data")).entryList(QDir::Files), QStringList{"tools.iso"});
    }

    void whatCannotBeWrittenIsSaid()
    {
        Computer computer;
        computer.hasPackage("data", "a file where the folder should be");
        const Result<GuestTools> tools = makeGuestTools(computer.request);
        QVERIFY(!tools);
        QVERIFY2(errorText(tools.error()).contains(computer.path("data")),
                 qPrintable(errorText(tools.error())));
        const Result<> written = writeIso(computer.path("nowhere/a.iso"), "A", {});
        QVERIFY(!written);
        QVERIFY(errorText(written.error()).contains("nowhere/a.iso"));
    }

    void emptyAndLongFilesAreWhole()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath("a.iso");
        QByteArray large(3'000'001, '\0');
        for (qsizetype i = 0; i < large.size(); ++i)
            large[i] = char(i * 7 + (i >> 8));
        const QString longName = QString(90, 'n') + "+b_1%3a2~3.deb";
        QVERIFY(writeIso(path, "TEST",
                         {{"empty", {}}, {"deep/er/" + longName, large, true}, {"deep/b", "b"}}));
        const QMap<QString, OnDisc> disc = readDisc(path);
        QCOMPARE(disc.size(), 3);
        QCOMPARE(disc["empty"].bytes, QByteArray());
        QVERIFY(disc["deep/er/" + longName].bytes == large);
        QVERIFY(disc["deep/er/" + longName].isExecutable);
        QCOMPARE(disc["deep/b"].bytes, QByteArray("b"));
    }
};

QTEST_GUILESS_MAIN(TestGuestTools)
#include "tst_guest_tools.moc"
