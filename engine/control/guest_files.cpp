// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/guest_files.h"

#include "engine/control/guest_program.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QPointer>

namespace engine {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds ScriptTimeout = 60s;

// One record a line, which begins with "/", and no name within the folder holds one: a line that
// does not begin so goes on with the name before it. Then, for links that lead to folders, "/>/".
// Mode in hexadecimal, size, time, owner, group, "./name".
constexpr char ListScript[] =
    "cd -- \"$1\" || exit 1\n"
    "find . ! -name . -prune -exec stat -c '/%f/%s/%Y/%U/%G/%n' {} +\n"
    "for f in .* *; do if [ -L \"$f\" ] && [ -d \"$f\" ]; then printf '/>/./%s\\n' \"$f\"; fi; "
    "done\n"
    "exit 0";

constexpr char StatScript[] = "[ -e \"$1\" ] || [ -L \"$1\" ] || exit 0\n"
                              "stat -c '/%f/%s/%Y/%U/%G/./it' -- \"$1\" || exit 1\n"
                              "if [ -L \"$1\" ] && [ -d \"$1\" ]; then echo '/>/./it'; fi";

// inode(7)
constexpr uint FileTypeMask = 0170000;
constexpr uint FolderType = 0040000;
constexpr uint FileType = 0100000;
constexpr uint LinkType = 0120000;

GuestEntry::Kind kindOf(uint mode)
{
    switch (mode & FileTypeMask) {
    case FolderType:
        return GuestEntry::Kind::Folder;
    case FileType:
        return GuestEntry::Kind::File;
    case LinkType:
        return GuestEntry::Kind::Link;
    default:
        return GuestEntry::Kind::Other;
    }
}

// Empty when it is none that can be used.
QString nameFrom(const QByteArray &path)
{
    if (!path.startsWith("./"))
        return {};
    const QByteArray name = path.mid(2);
    const QString text = QString::fromUtf8(name);
    if (name.isEmpty() || name == "." || name == ".." || name.contains('/') || name.contains('\0')
        || text.toUtf8() != name)
        return {};
    return text;
}

void takeRecord(const QByteArray &record, QList<GuestEntry> &entries,
                QHash<QString, qsizetype> &places)
{
    if (record.startsWith(">/")) {
        const auto found = places.constFind(nameFrom(record.mid(2)));
        if (found != places.constEnd() && entries[*found].kind == GuestEntry::Kind::Link)
            entries[*found].leadsToFolder = true;
        return;
    }
    constexpr int Fields = 5;
    QByteArray fields[Fields];
    qsizetype at = 0;
    for (QByteArray &field : fields) {
        const qsizetype end = record.indexOf('/', at);
        if (end < 0)
            return;
        field = record.mid(at, end - at);
        at = end + 1;
    }
    bool hasMode = false;
    bool hasSize = false;
    const uint mode = fields[0].toUInt(&hasMode, 16);
    GuestEntry entry;
    entry.name = nameFrom(record.mid(at));
    entry.sizeBytes = fields[1].toLongLong(&hasSize);
    if (!hasMode || !hasSize || entry.sizeBytes < 0 || entry.name.isEmpty()
        || places.contains(entry.name))
        return;
    entry.kind = kindOf(mode);
    entry.mode = int(mode & 07777);
    entry.modified = QDateTime::fromSecsSinceEpoch(fields[2].toLongLong());
    entry.owner = QString::fromUtf8(fields[3]);
    entry.group = QString::fromUtf8(fields[4]);
    places.insert(entry.name, entries.size());
    entries.append(std::move(entry));
}

} // namespace

QList<GuestEntry> parseGuestListing(const QByteArray &text)
{
    QList<GuestEntry> entries;
    QHash<QString, qsizetype> places;
    if (!text.startsWith('/'))
        return entries;
    qsizetype at = 1;
    while (at < text.size()) {
        qsizetype end = text.indexOf("\n/", at);
        if (end < 0)
            end = text.endsWith('\n') ? text.size() - 1 : text.size();
        takeRecord(text.mid(at, end - at), entries, places);
        at = end + 2;
    }
    return entries;
}

GuestFiles::GuestFiles(GuestLink &link, QString user, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_user(std::move(user))
{ }

void GuestFiles::script(const QString &text, const QStringList &arguments,
                        std::function<void(Result<QByteArray>)> reply)
{
    m_link.askFamily([self = QPointer(this), text, arguments,
                      reply = std::move(reply)](Result<GuestLink::Family> family) {
        if (!self)
            return;
        if (!family) {
            reply(std::move(family).error());
            return;
        }
        if (*family == GuestLink::Family::Windows) {
            reply(makeError(ErrorKind::Unsupported,
                            QStringLiteral("This version does not know how to look at the folders "
                                           "of a Windows guest"),
                            QStringLiteral("A single file can be copied by its full name; a USB "
                                           "stick made of files reaches every guest")));
            return;
        }
        runInGuest(
            self->m_link,
            {.program = QStringLiteral("/bin/sh"),
             .arguments = QStringList{QStringLiteral("-c"), text, QStringLiteral("sh")} + arguments,
             .user = self->m_user,
             .timeout = ScriptTimeout},
            [self, reply](Result<QByteArray> output) {
                if (self)
                    reply(std::move(output));
            });
    });
}

void GuestFiles::scriptDone(const QString &text, const QStringList &arguments,
                            const QString &failure, Reply reply)
{
    script(text, arguments, [failure, reply = std::move(reply)](Result<QByteArray> output) {
        if (output)
            reply({});
        else
            reply(std::move(output).error().context(failure.toStdString()));
    });
}

void GuestFiles::list(const QString &folder, ListReply reply)
{
    script(QLatin1String(ListScript), {folder},
           [folder, reply = std::move(reply)](Result<QByteArray> output) {
               if (output)
                   reply(parseGuestListing(*output));
               else
                   reply(std::move(output).error().context(
                       QStringLiteral("The guest's folder \"%1\" cannot be listed")
                           .arg(folder)
                           .toStdString()));
           });
}

void GuestFiles::stat(const QString &path, EntryReply reply)
{
    script(QLatin1String(StatScript), {path},
           [path, reply = std::move(reply)](Result<QByteArray> output) {
               if (!output) {
                   reply(std::move(output).error().context(
                       QStringLiteral("\"%1\" in the guest cannot be looked at")
                           .arg(path)
                           .toStdString()));
                   return;
               }
               QList<GuestEntry> entries = parseGuestListing(*output);
               if (entries.isEmpty()) {
                   reply(makeError(ErrorKind::NotFound,
                                   QStringLiteral("\"%1\" does not exist in the guest").arg(path)));
                   return;
               }
               GuestEntry entry = entries.takeFirst();
               entry.name = path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
               reply(std::move(entry));
           });
}

void GuestFiles::makeFolder(const QString &path, Parents parents, int mode, Reply reply)
{
    QStringList words{QStringLiteral("mkdir")};
    if (parents == Parents::Make)
        words << QStringLiteral("-p");
    if (mode >= 0)
        words << QStringLiteral("-m") << QString::number(mode, 8);
    words << QStringLiteral("--") << path;
    scriptDone(QStringLiteral("exec \"$@\""), words,
               QStringLiteral("The folder \"%1\" was not made in the guest").arg(path),
               std::move(reply));
}

void GuestFiles::removeFolder(const QString &path, Reply reply)
{
    scriptDone(QStringLiteral("exec rmdir -- \"$1\""), {path},
               QStringLiteral("The guest's folder \"%1\" was not removed").arg(path),
               std::move(reply));
}

void GuestFiles::remove(const QString &path, Depth depth, Reply reply)
{
    // Without -f what is not there is an error; it would also ask, but nobody is there to ask.
    const QString text = depth == Depth::All
        ? QStringLiteral("[ -e \"$1\" ] || [ -L \"$1\" ] || exec ls -d -- \"$1\"\n"
                         "exec rm -rf -- \"$1\"")
        : QStringLiteral("[ -e \"$1\" ] || [ -L \"$1\" ] || exec ls -d -- \"$1\"\n"
                         "exec rm -f -- \"$1\"");
    scriptDone(text, {path}, QStringLiteral("\"%1\" was not removed in the guest").arg(path),
               std::move(reply));
}

void GuestFiles::move(const QStringList &sources, const QString &target, Reply reply)
{
    scriptDone(
        QStringLiteral("for t; do :; done\n"
                       "if [ $# -eq 2 ] && [ ! -d \"$t\" ] && { [ -e \"$t\" ] || [ -L \"$t\" ]; }"
                       "; then echo \"$t: it exists already\" >&2; exit 1; fi\n"
                       "exec mv -n -- \"$@\""),
        sources + QStringList{target},
        QStringLiteral("\"%1\" was not moved to \"%2\" in the guest")
            .arg(sources.join(QStringLiteral("\", \"")), target),
        std::move(reply));
}

void GuestFiles::makeTemporary(const QString &folder, const QString &pattern, bool isFolder,
                               TextReply reply)
{
    QStringList words{QStringLiteral("mktemp")};
    if (isFolder)
        words << QStringLiteral("-d");
    words << QStringLiteral("-p") << (folder.isEmpty() ? QStringLiteral("/tmp") : folder)
          << QStringLiteral("--") << pattern;
    script(
        QStringLiteral("exec \"$@\""), words,
        [reply = std::move(reply)](Result<QByteArray> output) {
            if (output)
                reply(QString::fromUtf8(output->trimmed()));
            else
                reply(std::move(output).error().context("No temporary name was made in the guest"));
        });
}

void GuestFiles::makeExecutable(const QStringList &paths, Reply reply)
{
    scriptDone(QStringLiteral("exec chmod +x -- \"$@\""), paths,
               QStringLiteral("What was copied could not be made executable in the guest"),
               std::move(reply));
}

void GuestFiles::truncate(const QString &path, Reply reply)
{
    scriptDone(QStringLiteral(": > \"$1\""), {path},
               QStringLiteral("\"%1\" cannot be written in the guest").arg(path), std::move(reply));
}

void GuestFiles::checkReadable(const QString &path, Reply reply)
{
    scriptDone(QStringLiteral(": < \"$1\""), {path},
               QStringLiteral("\"%1\" cannot be read in the guest").arg(path), std::move(reply));
}

void GuestFiles::askHome(TextReply reply)
{
    // The agent itself runs without HOME.
    script(QStringLiteral("u=$(id -un) && h=$(grep \"^$u:\" /etc/passwd | cut -d: -f6)\n"
                          "[ -d \"$h\" ] && echo \"$h\" || echo /"),
           {}, [reply = std::move(reply)](Result<QByteArray> output) {
               if (!output) {
                   reply(std::move(output).error());
                   return;
               }
               const QString home = QString::fromUtf8(output->trimmed());
               reply(home.startsWith(QLatin1Char('/')) ? home : QStringLiteral("/"));
           });
}

} // namespace engine
