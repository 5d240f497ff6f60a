// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/folder_mounter.h"

#include "engine/control/guest_program.h"
#include "engine/control/machine_guest.h"
#include "engine/machine/qt_text.h"

#include <algorithm>

namespace engine {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds Patience = 60s;

// What the scripts are given: $1 the folder's name, $2 its place, $3 mount's options.
//
// Calls `here`, with the place as $2, for each place where the guest has the folder mounted. The
// kernel writes what a word cannot hold as \040 and the like (proc(5), /proc/mounts; fstab(5)).
constexpr char EachPlace[] = R"sh(
while read -r source place kind rest; do
    [ "$kind" = virtiofs ] && [ "$(printf %b "$source")" = "$1" ] && here "$1" "$(printf %b "$place")"
done < /proc/mounts
)sh";
constexpr char Mount[] = R"sh(
mkdir -p -- "$2" || exit 1
# A folder that has just come may take the guest a moment to see.
for wait in 1 1 2 2 4 0; do
    said=$(mount -t virtiofs -o "$3" -- "$1" "$2" 2>&1) && exit 0
    sleep $wait
done
echo "$said" >&2
exit 1
)sh";

QString mountScript()
{
    return QStringLiteral("here() { exit 0; }\n") + QLatin1String(EachPlace)
        + QLatin1String(Mount);
}

QString unmountScript()
{
    return QStringLiteral("here() { umount -- \"$2\" || exit 1; }\n") + QLatin1String(EachPlace)
        + QStringLiteral("exit 0\n");
}

} // namespace

FolderMounter::FolderMounter(Driver &driver, MachineGuest &guest, QObject *parent)
    : QObject(parent)
    , m_driver(driver)
    , m_guest(guest)
    , m_link(guest)
{
    connect(&m_guest, &MachineGuest::changed, this, &FolderMounter::mountMarked);
    connect(&m_driver, &Driver::foldersChanged, this, &FolderMounter::mountMarked);
}

void FolderMounter::mountMarked()
{
    const QList<FolderUse> folders = m_driver.sharedFolders();
    const auto isThere = [&folders](const QString &name) {
        return std::any_of(folders.begin(), folders.end(), [&name](const FolderUse &use) {
            return use.folder.name == name && use.trouble.isEmpty();
        });
    };
    m_tried.removeIf(
        [&](const QString &name) { return !m_guest.hasAgent() || !isThere(name); });
    if (!m_guest.hasAgent() || m_driver.state() != Driver::State::Running)
        return;
    for (const FolderUse &use : folders) {
        const QString name = use.folder.name;
        if (!use.folder.isAutomounted || use.isMounted || !isThere(name) || m_tried.contains(name))
            continue;
        m_tried.append(name);
        mount(name, [this, name](const Result<> &mounted) {
            if (!mounted)
                Q_EMIT noticed(
                    QStringLiteral("The folder \"%1\" was not mounted in the guest. %2")
                        .arg(name, errorText(mounted.error())));
        });
    }
}

void FolderMounter::mount(const QString &name, Driver::Reply reply)
{
    run(name, mountScript(), reply);
}

void FolderMounter::unmount(const QString &name, Driver::Reply reply)
{
    run(name, unmountScript(), reply);
}

void FolderMounter::run(const QString &name, const QString &script, const Driver::Reply &reply)
{
    const QList<FolderUse> folders = m_driver.sharedFolders();
    const auto found =
        std::find_if(folders.begin(), folders.end(),
                     [&name](const FolderUse &use) { return use.folder.name == name; });
    if (found == folders.end()) {
        reply(makeError(ErrorKind::NotFound,
                        QStringLiteral("The guest has no shared folder \"%1\"").arg(name)));
        return;
    }
    const QString options =
        found->folder.isReadOnly ? QStringLiteral("nosuid,nodev,ro") : QStringLiteral("nosuid,nodev");
    const GuestCommand command{.program = QStringLiteral("/bin/sh"),
                               .arguments = {QStringLiteral("-c"), script, QStringLiteral("sh"), name,
                                             mountPoint(found->folder), options},
                               .timeout = Patience};
    m_link.askFamily([this, command, reply](const Result<GuestLink::Family> &family) {
        if (!family) {
            reply(family.error());
            return;
        }
        if (*family == GuestLink::Family::Windows) {
            reply(makeError(ErrorKind::Unsupported,
                            QStringLiteral("Windows mounts shared folders by a service of its own"),
                            QStringLiteral("Install WinFsp and the VirtIO-FS service in the guest")));
            return;
        }
        runInGuest(m_link, command, [reply](const Result<QByteArray> &done) {
            reply(done ? Result<>() : Result<>(done.error()));
        });
    });
}

} // namespace engine
