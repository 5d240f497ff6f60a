// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log_window.h"

#include "ui/icons.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QFontDatabase>
#include <QtGui/QShortcut>
#include <QtGui/QTextDocument>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace ui {

namespace {

constexpr auto ReadDelay = std::chrono::milliseconds(150);
// The end tells what happened; nobody reads a huge log in a dialog.
constexpr qint64 MaxShownBytes = 4 * 1024 * 1024;

} // namespace

LogWindow::LogWindow(const QString &machine, const QString &logFile, QWidget *parent)
    : QDialog(parent)
    , m_logFile(logFile)
    , m_text(new QPlainTextEdit(this))
    , m_search(new QLineEdit(this))
    , m_verdict(new QLabel(this))
{
    setObjectName(QStringLiteral("logWindow"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1 - Log").arg(machine));

    m_text->setObjectName(QStringLiteral("logText"));
    m_text->setAccessibleName(tr("Log"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));

    m_search->setObjectName(QStringLiteral("logSearch"));
    m_search->setAccessibleName(tr("Find in the log"));
    m_search->setPlaceholderText(tr("Find"));
    m_search->setClearButtonEnabled(true);
    auto *previous = new QPushButton(icon(QStringLiteral("go-up")), tr("&Previous"), this);
    auto *next = new QPushButton(icon(QStringLiteral("go-down")), tr("&Next"), this);
    for (QPushButton *button : {previous, next})
        button->setAutoDefault(false);
    connect(previous, &QPushButton::clicked, this, [this] { find(Direction::Backward); });
    connect(next, &QPushButton::clicked, this, [this] { find(Direction::Forward); });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(Direction::Forward); });
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_search,
            [this] { m_search->setFocus(); });
    auto *searchLine = new QHBoxLayout;
    searchLine->addWidget(m_search, 1);
    searchLine->addWidget(m_verdict);
    searchLine->addWidget(previous);
    searchLine->addWidget(next);

    auto *file = new QLabel(QDir::toNativeSeparators(logFile), this);
    file->setTextFormat(Qt::PlainText);
    file->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    file->setWordWrap(true);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    QPushButton *folder = buttons->addButton(tr("&Open Folder"), QDialogButtonBox::ActionRole);
    for (QPushButton *button : {folder, buttons->button(QDialogButtonBox::Close)})
        button->setAutoDefault(false);
    connect(folder, &QPushButton::clicked, this, [logFile] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(logFile).absolutePath()));
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(file);
    layout->addWidget(m_text, 1);
    layout->addLayout(searchLine);
    layout->addWidget(buttons);
    resize(820, 560);

    m_readSoon.setSingleShot(true);
    m_readSoon.setInterval(ReadDelay);
    connect(&m_readSoon, &QTimer::timeout, this, &LogWindow::read);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this] { m_readSoon.start(); });
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this,
            [this] { m_readSoon.start(); });
    read();
}

void LogWindow::read()
{
    // A log that appears or is replaced is seen through its folder.
    const QFileInfo info(m_logFile);
    if (m_watcher.directories().isEmpty() && info.dir().exists())
        m_watcher.addPath(info.absolutePath());
    if (m_watcher.files().isEmpty() && info.exists())
        m_watcher.addPath(m_logFile);

    QFile file(m_logFile);
    if (!file.open(QIODevice::ReadOnly)) {
        m_text->setPlaceholderText(info.exists()
                                       ? tr("The log cannot be read: %1").arg(file.errorString())
                                       : tr("There is no log yet."));
        return;
    }
    if (file.size() < m_readBytes) {
        m_readBytes = 0;
        m_text->clear();
    }
    if (m_readBytes == 0)
        m_readBytes = std::max<qint64>(0, file.size() - MaxShownBytes);
    file.seek(m_readBytes);
    const QByteArray more = file.readAll();
    if (more.isEmpty())
        return;
    m_readBytes += more.size();
    const QScrollBar *bar = m_text->verticalScrollBar();
    const bool isAtEnd = bar->value() == bar->maximum();
    QTextCursor end(m_text->document());
    end.movePosition(QTextCursor::End);
    end.insertText(QString::fromUtf8(more));
    if (isAtEnd)
        m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

void LogWindow::find(Direction direction)
{
    m_verdict->clear();
    const QString wanted = m_search->text();
    if (wanted.isEmpty())
        return;
    const bool isBackward = direction == Direction::Backward;
    const QTextDocument::FindFlags flags =
        isBackward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    if (m_text->find(wanted, flags))
        return;
    // Once around.
    const QTextCursor before = m_text->textCursor();
    m_text->moveCursor(isBackward ? QTextCursor::End : QTextCursor::Start);
    if (m_text->find(wanted, flags))
        return;
    m_text->setTextCursor(before);
    m_verdict->setText(tr("Not found"));
}

} // namespace ui
