// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/file_drop.h"

#include "ui/console_actions.h"
#include "ui/console_commands.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QWidget>

#include <algorithm>
#include <utility>

namespace ui {

using display::GuestLink;

namespace {

const QString DropNotice = QStringLiteral("fileDrop");

} // namespace

FileDrop::FileDrop(QWidget &target, NoticeBoard &notices, ConsoleCommands &commands)
    : m_target(target)
    , m_notices(notices)
    , m_commands(commands)
{
    target.setAcceptDrops(true);
    target.installEventFilter(this);
}

void FileDrop::setStatus(const engine::MachineStatus &status)
{
    m_status = status;
}

void FileDrop::setLink(GuestLink *link)
{
    if (m_link == link)
        return;
    if (m_link != nullptr) {
        m_link->disconnect(this);
        if (!m_copying.isEmpty())
            copyEnded(tr("The guest's screen is not connected anymore"), false);
    }
    m_link = link;
    if (link == nullptr)
        return;
    connect(link, &GuestLink::copyProgressed, this, &FileDrop::showProgress);
    connect(link, &GuestLink::copyEnded, this, &FileDrop::copyEnded);
}

QStringList FileDrop::filesIn(const QMimeData *data)
{
    QStringList paths;
    const QList<QUrl> urls = data != nullptr ? data->urls() : QList<QUrl>();
    for (const QUrl &url : urls) {
        if (url.isLocalFile() && QFileInfo::exists(url.toLocalFile()))
            paths.append(url.toLocalFile());
    }
    return paths;
}

bool FileDrop::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::DragEnter:
    case QEvent::DragMove:
    case QEvent::Drop:
        break;
    default:
        return QObject::eventFilter(watched, event);
    }
    auto *drop = static_cast<QDropEvent *>(event);
    const QStringList paths = filesIn(drop->mimeData());
    if (paths.isEmpty())
        return false;
    // Never a move: the files stay where they are.
    drop->setDropAction(Qt::CopyAction);
    drop->accept();
    if (event->type() == QEvent::Drop) // not while the other program waits for the answer
        QMetaObject::invokeMethod(
            this, [this, paths] { take(paths); }, Qt::QueuedConnection);
    return true;
}

void FileDrop::choose()
{
    emit m_commands.dialogOpened();
    auto *dialog = new QFileDialog(m_target.window(), tr("Copy Files to the Guest"));
    dialog->setObjectName(QStringLiteral("filesForGuest"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &FileDrop::take);
    dialog->open();
}

void FileDrop::take(const QStringList &paths)
{
    // A folder is not copied when it can be shared, which asks.
    if (paths.size() == 1 && QFileInfo(paths.first()).isDir()
        && whyNot(m_status, engine::Feature::SharedFolders).isEmpty()) {
        m_commands.shareFolder(paths.first());
        return;
    }
    if (!m_copying.isEmpty()) {
        emit said(tr("Other files are being copied to the guest."));
        return;
    }
    if (!goesToGuest(m_status.dragAndDrop)) {
        const engine::SharingMode wanted = goesToHost(m_status.dragAndDrop)
            ? engine::SharingMode::Bidirectional
            : engine::SharingMode::HostToGuest;
        m_notices.post(
            {.key = DropNotice,
             .kind = Notice::Kind::Warning,
             .text = tr("Drag and drop to this guest is off."),
             .buttons = {{QStringLiteral("allowDrop"), tr("&Allow It"), [this, paths, wanted] {
                              m_notices.dismiss(DropNotice);
                              m_commands.setSharing(false, wanted);
                              copy(paths);
                          }}}});
        return;
    }
    copy(paths);
}

void FileDrop::copy(const QStringList &paths)
{
    const bool hasFolder = std::any_of(paths.begin(), paths.end(),
                                       [](const QString &path) { return QFileInfo(path).isDir(); });
    if (hasFolder)
        return offerStick(paths, tr("Folders cannot be dropped onto a guest."));
    if (m_link == nullptr || !m_link->abilities().takesFiles)
        return offerStick(paths, tr("No agent in the guest takes files."));
    m_copying = paths;
    m_percent = -1;
    m_notices.post({.key = DropNotice,
                     .text = tr("Copying to the guest…"),
                     .buttons = {{QStringLiteral("cancelCopy"), tr("&Cancel"),
                                  [this] {
                                      if (m_link != nullptr)
                                          m_link->cancelCopy();
                                  }}},
                     .canBeDismissed = false});
    m_link->copyFiles(paths);
}

void FileDrop::offerStick(const QStringList &paths, const QString &reason)
{
    const QString whyNoStick = whyNot(m_status, engine::Feature::UsbPassthrough);
    Notice notice{.key = DropNotice, .kind = Notice::Kind::Warning, .text = reason};
    if (whyNoStick.isEmpty()) {
        //: After the reason why files cannot be dropped
        notice.text = tr("%1 Insert them as a USB stick instead?").arg(reason);
        notice.buttons = {{QStringLiteral("insertStick"), tr("&Insert"), [this, paths] {
                               m_notices.dismiss(DropNotice);
                               m_commands.insertStick(paths);
                           }}};
    } else {
        notice.toolTip = whyNoStick;
    }
    m_notices.post(notice);
}

void FileDrop::showProgress(qint64 done, qint64 total)
{
    const int percent = total > 0 ? int(std::clamp<qint64>(done * 100 / total, 0, 100)) : 0;
    if (m_copying.isEmpty() || percent == std::exchange(m_percent, percent))
        return;
    m_notices.setText(
        DropNotice,
        m_copying.size() == 1
            ? tr("Copying \"%1\" to the guest: %2 %")
                  .arg(QFileInfo(m_copying.first()).fileName())
                  .arg(percent)
            : tr("Copying %1 files to the guest: %2 %").arg(m_copying.size()).arg(percent));
}

void FileDrop::copyEnded(const QString &problem, bool wasCanceled)
{
    const QStringList paths = std::exchange(m_copying, {});
    if (paths.isEmpty())
        return;
    m_notices.dismiss(DropNotice);
    const QString name = QFileInfo(paths.first()).fileName();
    if (wasCanceled) {
        emit said(tr("Copying to the guest was canceled."));
    } else if (!problem.isEmpty()) {
        offerStick(paths, tr("The files could not be copied to the guest: %1.").arg(problem));
    } else {
        emit said(paths.size() == 1
                      ? tr("The guest has \"%1\" where its agent puts downloads").arg(name)
                      : tr("The guest has the %1 files where its agent puts downloads")
                            .arg(paths.size()));
    }
}

} // namespace ui
