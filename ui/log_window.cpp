// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log_window.h"

#include "engine/machine/atomic_file.h"
#include "ui/error_box.h"
#include "ui/icons.h"

#include <QtCore/QCollator>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QFontDatabase>
#include <QtGui/QShortcut>
#include <QtGui/QTextDocument>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
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

LineLevel levelOfLine(const QString &line)
{
    // "2026-11-21T10:00:00.000Z warning qemu: ..." (engine/base/log.h)
    const qsizetype blank = line.indexOf(u' ');
    const QStringView rest = QStringView(line).mid(blank + 1);
    if (blank < 10 || !line.at(0).isDigit())
        return LineLevel::Unknown;
    if (rest.startsWith(u"error"))
        return LineLevel::Error;
    if (rest.startsWith(u"warning"))
        return LineLevel::Warning;
    if (rest.startsWith(u"info"))
        return LineLevel::Info;
    if (rest.startsWith(u"debug"))
        return LineLevel::Debug;
    return LineLevel::Unknown;
}

LogHighlighter::LogHighlighter(QTextDocument *document, const QWidget &widget)
    : QSyntaxHighlighter(document)
    , m_widget(widget)
{ }

void LogHighlighter::highlightBlock(const QString &text)
{
    const bool isDark = m_widget.palette().color(QPalette::Base).lightness() < 128;
    QTextCharFormat format;
    switch (levelOfLine(text)) {
    case LineLevel::Error:
        format.setForeground(isDark ? QColor(0xff, 0x8f, 0x85) : QColor(0xb0, 0x15, 0x15));
        format.setFontWeight(QFont::DemiBold);
        break;
    case LineLevel::Warning:
        format.setForeground(isDark ? QColor(0xf0, 0xc0, 0x60) : QColor(0x8a, 0x55, 0x00));
        break;
    case LineLevel::Debug: {
        QColor quiet = m_widget.palette().color(QPalette::Text);
        quiet.setAlphaF(0.65F);
        format.setForeground(quiet);
        break;
    }
    case LineLevel::Info:
    case LineLevel::Unknown:
        return;
    }
    setFormat(0, int(text.size()), format);
}

LogWindow::LogWindow(const QString &machine, const QString &logFile, QWidget *parent)
    : QDialog(parent)
    , m_newest(logFile)
    , m_logs(new QComboBox(this))
    , m_levels(new QComboBox(this))
    , m_filter(new QLineEdit(this))
    , m_text(new QPlainTextEdit(this))
    , m_highlighter(new LogHighlighter(m_text->document(), *m_text))
    , m_search(new QLineEdit(this))
    , m_follow(new QCheckBox(tr("F&ollow"), this))
    , m_verdict(new QLabel(this))
{
    setObjectName(QStringLiteral("logWindow"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1 - Log").arg(machine));

    m_logs->setObjectName(QStringLiteral("logs"));
    m_logs->setAccessibleName(tr("Which log"));
    m_logs->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_levels->setObjectName(QStringLiteral("levels"));
    m_levels->setAccessibleName(tr("Which lines"));
    m_levels->addItem(tr("All lines"), int(LineLevel::Unknown));
    m_levels->addItem(tr("Warnings and errors"), int(LineLevel::Warning));
    m_levels->addItem(tr("Errors"), int(LineLevel::Error));
    m_filter->setObjectName(QStringLiteral("logFilter"));
    m_filter->setAccessibleName(tr("Only lines with these words"));
    m_filter->setPlaceholderText(tr("Only lines with these words"));
    m_filter->setClearButtonEnabled(true);
    auto *choice = new QHBoxLayout;
    choice->addWidget(m_logs);
    choice->addWidget(m_levels);
    choice->addWidget(m_filter, 1);

    m_text->setObjectName(QStringLiteral("logText"));
    m_text->setAccessibleName(tr("Log"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);

    m_search->setObjectName(QStringLiteral("logSearch"));
    m_search->setAccessibleName(tr("Find in the log"));
    m_search->setPlaceholderText(tr("Find"));
    m_search->setClearButtonEnabled(true);
    m_follow->setObjectName(QStringLiteral("follow"));
    m_follow->setToolTip(tr("Show new lines as they come"));
    m_follow->setChecked(true);
    auto *previous = new QPushButton(icon(QStringLiteral("go-up")), tr("&Previous"), this);
    auto *next = new QPushButton(icon(QStringLiteral("go-down")), tr("&Next"), this);
    for (QPushButton *button : {previous, next})
        button->setAutoDefault(false);
    connect(previous, &QPushButton::clicked, this, [this] { find(Direction::Backward); });
    connect(next, &QPushButton::clicked, this, [this] { find(Direction::Forward); });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(Direction::Forward); });
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_search,
            [this] { m_search->setFocus(); });
    connect(new QShortcut(QKeySequence::FindNext, this), &QShortcut::activated, this,
            [this] { find(Direction::Forward); });
    connect(new QShortcut(QKeySequence::FindPrevious, this), &QShortcut::activated, this,
            [this] { find(Direction::Backward); });
    auto *searchLine = new QHBoxLayout;
    searchLine->addWidget(m_search, 1);
    searchLine->addWidget(m_verdict);
    searchLine->addWidget(previous);
    searchLine->addWidget(next);
    searchLine->addWidget(m_follow);

    auto *file = new QLabel(QDir::toNativeSeparators(QFileInfo(logFile).absolutePath()), this);
    file->setTextFormat(Qt::PlainText);
    file->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    file->setWordWrap(true);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    QPushButton *folder = buttons->addButton(tr("&Open Folder"), QDialogButtonBox::ActionRole);
    QPushButton *save = buttons->addButton(tr("&Save As..."), QDialogButtonBox::ActionRole);
    save->setObjectName(QStringLiteral("saveLog"));
    m_report = buttons->addButton(tr("Create &Report..."), QDialogButtonBox::ActionRole);
    m_report->setObjectName(QStringLiteral("logReport"));
    m_report->hide();
    for (QPushButton *button : {folder, save, m_report, buttons->button(QDialogButtonBox::Close)})
        button->setAutoDefault(false);
    connect(folder, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_newest).absolutePath()));
    });
    connect(save, &QPushButton::clicked, this, &LogWindow::saveAs);
    connect(m_report, &QPushButton::clicked, this, &LogWindow::reportRequested);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(file);
    layout->addLayout(choice);
    layout->addWidget(m_text, 1);
    layout->addLayout(searchLine);
    layout->addWidget(buttons);
    resize(860, 580);

    connect(m_logs, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (index >= 0)
            openLog(m_logs->itemData(index).toString());
    });
    connect(m_levels, &QComboBox::currentIndexChanged, this, &LogWindow::filterAgain);
    connect(m_filter, &QLineEdit::textChanged, this, &LogWindow::filterAgain);
    connect(m_follow, &QCheckBox::toggled, this, [this](bool isFollowed) {
        if (isFollowed)
            m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
    });
    m_readSoon.setSingleShot(true);
    m_readSoon.setInterval(ReadDelay);
    connect(&m_readSoon, &QTimer::timeout, this, [this] {
        listLogs();
        read();
    });
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this] { m_readSoon.start(); });
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this,
            [this] { m_readSoon.start(); });
    listLogs();
    openLog(m_newest);
    m_text->setFocus();
}

void LogWindow::offerReport()
{
    m_report->show();
}

// The newest run's first, then "vitrine.log.1" and so on, then what else writes logs there.
void LogWindow::listLogs()
{
    const QFileInfo newest(m_newest);
    QStringList names =
        newest.dir().entryList({QStringLiteral("*.log"), QStringLiteral("*.log.*")}, QDir::Files);
    QCollator byNumber;
    byNumber.setNumericMode(true);
    std::sort(names.begin(), names.end(), [&](const QString &left, const QString &right) {
        const bool isOurs = left.startsWith(newest.fileName());
        if (isOurs != right.startsWith(newest.fileName()))
            return isOurs;
        return byNumber.compare(left, right) < 0;
    });
    names.removeAll(newest.fileName());
    names.prepend(newest.fileName());

    const QSignalBlocker quiet(m_logs);
    const QString shown = m_logs->currentData().toString();
    m_logs->clear();
    for (const QString &name : std::as_const(names)) {
        const QFileInfo info(newest.dir().filePath(name));
        QString text = name;
        const int number = name.mid(newest.fileName().size() + 1).toInt();
        if (name == newest.fileName())
            text = tr("This run or the last one");
        else if (name.startsWith(newest.fileName() + u'.') && number > 0)
            text = number == 1 ? tr("The run before") : tr("%1 runs before").arg(number);
        if (info.exists())
            //: A log and when something was last written into it
            text = tr("%1 (%2)").arg(text,
                                     QLocale().toString(info.lastModified(), QLocale::ShortFormat));
        m_logs->addItem(text, info.filePath());
    }
    m_logs->setCurrentIndex(std::max(0, m_logs->findData(shown)));
}

void LogWindow::openLog(const QString &path)
{
    if (!m_watcher.files().isEmpty())
        m_watcher.removePaths(m_watcher.files());
    m_logFile = path;
    m_readBytes = 0;
    m_all.clear();
    m_rest.clear();
    m_text->clear();
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
        m_all.clear();
        m_rest.clear();
        m_text->clear();
    }
    if (m_readBytes == 0)
        m_readBytes = std::max<qint64>(0, file.size() - MaxShownBytes);
    file.seek(m_readBytes);
    const QByteArray more = file.readAll();
    if (more.isEmpty())
        return;
    m_readBytes += more.size();
    const QString text = m_rest + QString::fromUtf8(more);
    const qsizetype whole = text.lastIndexOf(u'\n') + 1;
    m_rest = text.mid(whole);
    m_all += text.left(whole);
    append(text.left(whole));
}

bool LogWindow::passes(const QString &line) const
{
    const auto least = LineLevel(m_levels->currentData().toInt());
    if (least != LineLevel::Unknown && int(levelOfLine(line)) > int(least))
        return false;
    const QStringList words = m_filter->text().split(u' ', Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(), [&line](const QString &word) {
        return line.contains(word, Qt::CaseInsensitive);
    });
}

void LogWindow::append(const QString &text)
{
    const bool isFiltered = !m_filter->text().isEmpty() || m_levels->currentIndex() > 0;
    QString shown = text;
    if (isFiltered) {
        shown.clear();
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts)) {
            if (passes(line))
                shown += line + u'\n';
        }
    }
    if (!shown.isEmpty()) {
        QTextCursor end(m_text->document());
        end.movePosition(QTextCursor::End);
        end.insertText(shown);
    }
    m_text->setPlaceholderText(isFiltered ? tr("No line matches.") : tr("The log is empty."));
    if (m_follow->isChecked())
        m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

void LogWindow::filterAgain()
{
    m_text->clear();
    append(m_all);
}

void LogWindow::find(Direction direction)
{
    m_verdict->clear();
    const QString wanted = m_search->text();
    if (wanted.isEmpty())
        return;
    m_follow->setChecked(false); // or the next line would take it out of sight
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

// What is shown, so that a filter makes a shorter file.
void LogWindow::saveAs()
{
    auto *dialog = new QFileDialog(this, tr("Save the Log"),
                                   QDir::homePath() + u'/' + QFileInfo(m_logFile).fileName());
    dialog->setObjectName(QStringLiteral("saveLogDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        const engine::Result<> written =
            engine::writeFileAtomically(path, m_text->toPlainText().toUtf8());
        if (!written)
            showError(this, tr("The log could not be saved"), written.error());
    });
    dialog->open();
}

void LogWindow::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter)
        m_highlighter->rehighlight();
}

} // namespace ui
