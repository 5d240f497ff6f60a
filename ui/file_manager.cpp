// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/file_manager.h"

#include "engine/machine/qt_text.h"
#include "ui/confirm_box.h"
#include "ui/error_box.h"
#include "ui/file_pane.h"
#include "ui/icons.h"

#include <QtCore/QEvent>
#include <QtCore/QLocale>
#include <QtGui/QKeyEvent>
#include <QtGui/QScreen>
#include <QtGui/QShortcut>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTreeView>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

constexpr int ProgressSteps = 1000;
constexpr int MostNamesAsked = 8; // in a question

} // namespace

FileManager::FileManager(const QString &machine, const QString &controlSocket, QWidget *parent)
    : QDialog(parent)
    , m_link(m_client)
    , m_host(
          new FilePane(QStringLiteral("host"), tr("This Computer"), new HostFileSource(this), this))
    , m_guest(new FilePane(QStringLiteral("guest"), tr("Guest, as its Administrator"),
                           new GuestFileSource(m_link, this), this))
    , m_toGuest(new QPushButton(tr("Copy to &Guest"), this))
    , m_toHost(new QPushButton(tr("Copy to This &Computer"), this))
    , m_cancel(new QPushButton(tr("&Stop Copying"), this))
    , m_progress(new QProgressBar(this))
    , m_message(new QLabel(this))
    , m_machine(machine)
{
    setObjectName(QStringLiteral("fileManager"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowFlag(Qt::WindowMinMaxButtonsHint);
    setWindowTitle(tr("%1 - File Manager").arg(machine));

    auto *panes = new QSplitter(this);
    panes->setChildrenCollapsible(false);
    panes->addWidget(m_host);
    panes->addWidget(m_guest);

    m_toGuest->setObjectName(QStringLiteral("copyToGuest"));
    m_toHost->setObjectName(QStringLiteral("copyToHost"));
    m_toGuest->setToolTip(
        tr("Copy what is selected on this computer into the guest's folder (F5)"));
    m_toHost->setToolTip(tr("Copy what is selected in the guest into this computer's folder (F5)"));
    m_cancel->setObjectName(QStringLiteral("stopCopying"));
    m_cancel->setVisible(false);
    m_progress->setObjectName(QStringLiteral("copyProgress"));
    m_progress->setAccessibleName(tr("Copied so far"));
    m_progress->setRange(0, ProgressSteps);
    m_progress->setVisible(false);
    m_message->setObjectName(QStringLiteral("message"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    auto *close = new QPushButton(tr("C&lose"), this);
    close->setObjectName(QStringLiteral("close"));
    // Enter in a list opens a folder.
    for (QPushButton *button : {m_toGuest, m_toHost, m_cancel, close})
        button->setAutoDefault(false);
    connect(m_toGuest, &QPushButton::clicked, this, [this] { copySelected(Direction::ToGuest); });
    connect(m_toHost, &QPushButton::clicked, this, [this] { copySelected(Direction::FromGuest); });
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_copy)
            m_copy->cancel();
    });
    connect(close, &QPushButton::clicked, this, &FileManager::reject);
    connect(new QShortcut(QKeySequence(Qt::Key_F5), this), &QShortcut::activated, this, [this] {
        copySelected(m_guest->isAncestorOf(focusWidget()) ? Direction::FromGuest
                                                          : Direction::ToGuest);
    });

    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_toGuest);
    bottom->addWidget(m_toHost);
    bottom->addWidget(m_message, 1);
    bottom->addWidget(m_progress);
    bottom->addWidget(m_cancel);
    bottom->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(panes, 1);
    layout->addLayout(bottom);
    const int width = fontMetrics().averageCharWidth();
    resize(QSize(width * 174, width * 84).boundedTo(screen()->availableSize() * 9 / 10));

    for (FilePane *pane : {m_host, m_guest}) {
        pane->view()->installEventFilter(this);
        connect(pane, &FilePane::changed, this, &FileManager::updateActions);
        connect(pane, &FilePane::failed, this,
                [this](const QString &asked, const engine::Error &error) {
                    showError(this, asked, error);
                });
    }
    m_host->goHome();
    m_host->setFocus();
    blockGuest(tr("Asking the machine…"));
    connect(&m_client, &engine::ControlClient::statusChanged, this, &FileManager::follow);
    connect(&m_client, &engine::ControlClient::disconnected, this, [this] {
        m_hasAgent = false;
        blockGuest(tr("The machine does not run."));
    });
    m_client.connectTo(controlSocket);
}

FileManager::~FileManager()
{
    m_client.disconnect(this);
    delete m_copy.data(); // uses the link
}

void FileManager::follow(const engine::MachineStatus &status)
{
    const engine::Support support = status.supports(engine::Feature::GuestAgent);
    const bool canAsk = support.isAvailable && status.hasGuestAgent;
    if (!support.isAvailable) {
        m_hasAgent = false;
        blockGuest(sentence(support.reason));
    } else if (!canAsk) {
        m_hasAgent = false;
        blockGuest(tr("No guest agent answers in the machine. Choose Devices ▸ Insert Guest Tools "
                      "in its window and run the disc's install.sh in the guest as root, or "
                      "install the package qemu-guest-agent there and start its service. This "
                      "window notices it by itself."));
    } else if (!std::exchange(m_hasAgent, true)) {
        m_guest->refresh();
    }
}

void FileManager::blockGuest(const QString &why)
{
    m_guest->block(why);
    updateActions();
}

FilePane *FileManager::paneFrom(Direction direction) const
{
    return direction == Direction::ToGuest ? m_host : m_guest;
}

FilePane *FileManager::paneTo(Direction direction) const
{
    return direction == Direction::ToGuest ? m_guest : m_host;
}

void FileManager::updateActions()
{
    const bool canCopy = !isCopying() && m_host->isUsable() && m_guest->isUsable();
    m_toGuest->setEnabled(canCopy && !m_host->selected().isEmpty());
    m_toHost->setEnabled(canCopy && !m_guest->selected().isEmpty());
}

// Tab goes from one list to the other, as in every file manager with two of them.
bool FileManager::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        auto *const key = static_cast<QKeyEvent *>(event);
        const bool isTab = key->key() == Qt::Key_Tab && key->modifiers() == Qt::NoModifier;
        FilePane *const other = watched == m_host->view() ? m_guest : m_host;
        if (isTab && other->isUsable()) {
            other->view()->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void FileManager::copySelected(Direction direction)
{
    FilePane *const from = paneFrom(direction);
    FilePane *const to = paneTo(direction);
    if (isCopying() || !from->isUsable() || !to->isUsable())
        return;
    QStringList sources;
    QStringList there;
    const QList<engine::GuestEntry> entries = from->selected();
    for (const engine::GuestEntry &entry : entries) {
        sources.append(from->pathOf(entry.name));
        if (to->has(entry.name))
            there.append(entry.name);
    }
    if (sources.isEmpty())
        return;
    if (there.isEmpty())
        copy(direction, sources);
    else
        askToReplace(direction, sources, there);
}

void FileManager::askToReplace(Direction direction, QStringList sources, const QStringList &there)
{
    QString names = there.mid(0, MostNamesAsked).join(u'\n');
    if (there.size() > MostNamesAsked)
        names += u'\n' + tr("and %n more", nullptr, int(there.size()) - MostNamesAsked);
    auto *box = new QMessageBox(QMessageBox::Question, tr("Copy"),
                                direction == Direction::ToGuest
                                    ? tr("The guest's folder has entries of these names already.")
                                    : tr("This computer's folder has entries of these names "
                                         "already."),
                                QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("replaceQuestion"));
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(names);
    QPushButton *const replace = box->addButton(tr("&Replace"), QMessageBox::DestructiveRole);
    replace->setObjectName(QStringLiteral("replace"));
    connect(replace, &QPushButton::clicked, this,
            [this, direction, sources] { copy(direction, sources); });
    sources.removeIf(
        [&there](const QString &path) { return there.contains(path.section(u'/', -1)); });
    if (!sources.isEmpty()) {
        QPushButton *const others =
            box->addButton(tr("Copy Only the &Others"), QMessageBox::AcceptRole);
        connect(others, &QPushButton::clicked, this,
                [this, direction, sources] { copy(direction, sources); });
    }
    box->setDefaultButton(QMessageBox::Cancel);
    setReadableWidth(*box);
    box->open();
}

void FileManager::copy(Direction direction, const QStringList &sources)
{
    if (isCopying())
        return;
    m_copy = new engine::GuestCopy(
        m_link, {.direction = direction, .sources = sources, .target = paneTo(direction)->folder()},
        this);
    connect(m_copy, &engine::GuestCopy::progressed, this, &FileManager::setProgress);
    m_progress->setValue(0);
    m_progress->setVisible(true);
    m_cancel->setVisible(true);
    m_message->setText(tr("Looking at what is to be copied…"));
    updateActions();
    m_copy->start([this, direction](const engine::Result<engine::GuestCopyResult> &result) {
        copied(direction, result);
    });
}

void FileManager::setProgress(qint64 done, qint64 total, const QString &name)
{
    m_progress->setValue(total > 0 ? int(double(done) * ProgressSteps / double(total)) : 0);
    const QLocale locale;
    m_message->setText(
        tr("%1: %2 of %3")
            .arg(name, locale.formattedDataSize(done), locale.formattedDataSize(total)));
}

void FileManager::copied(Direction direction, const engine::Result<engine::GuestCopyResult> &result)
{
    if (m_copy)
        m_copy->deleteLater();
    m_copy.clear();
    m_progress->setVisible(false);
    m_cancel->setVisible(false);
    if (m_isClosing) {
        QDialog::reject();
        return;
    }
    if (result) {
        QString text = tr("%n file(s) copied, %1.", nullptr, result->files)
                           .arg(QLocale().formattedDataSize(result->bytes));
        if (!result->leftOut.isEmpty())
            text += u' '
                + tr("%n link(s) and the like were left out.", nullptr,
                     int(result->leftOut.size()));
        m_message->setText(text);
        m_message->setToolTip(result->leftOut.join(u'\n'));
    } else if (result.error().kind() == engine::ErrorKind::Cancelled) {
        m_message->setText(tr("The copying was stopped."));
    } else {
        m_message->setText(tr("Not everything was copied."));
        showError(this, tr("Not everything was copied"), result.error());
    }
    if (paneTo(direction)->isUsable())
        paneTo(direction)->refresh();
    updateActions();
}

void FileManager::reject()
{
    if (!isCopying()) {
        QDialog::reject();
        return;
    }
    openConfirmation(this,
                     {.name = QStringLiteral("closeQuestion"),
                      .question = tr("Files are being copied. Stop that and close the window?"),
                      .button = tr("&Stop and Close"),
                      .title = tr("File Manager"),
                      .role = QMessageBox::DestructiveRole},
                     this, [this] {
                         m_isClosing = true;
                         if (m_copy)
                             m_copy->cancel();
                         else
                             QDialog::reject();
                     });
}

} // namespace ui
