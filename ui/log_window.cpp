// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log_window.h"

#include "ui/icons.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtGui/QFontDatabase>
#include <QtGui/QShortcut>
#include <QtGui/QTextCursor>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

constexpr qint64 MaxShownBytes = 1024 * 1024;

} // namespace

LogWindow::LogWindow(const QString &machineName, const QString &logFolder, QWidget *parent)
    : QDialog(parent)
    , m_folder(logFolder)
    , m_names(new QComboBox(this))
    , m_text(new QPlainTextEdit(this))
    , m_search(new QLineEdit(this))
    , m_note(new QLabel(this))
{
    setObjectName(QStringLiteral("logWindow"));
    setWindowTitle(tr("%1 - Log").arg(machineName));
    m_names->setObjectName(QStringLiteral("logName"));
    m_names->setAccessibleName(tr("Log file"));
    m_text->setObjectName(QStringLiteral("logText"));
    m_text->setAccessibleName(tr("Log"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_search->setObjectName(QStringLiteral("logSearch"));
    m_search->setPlaceholderText(tr("Search"));
    m_search->setAccessibleName(tr("Search in the log"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("edit-find")), QLineEdit::LeadingPosition);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setWordWrap(true);
    m_note->setForegroundRole(QPalette::PlaceholderText);

    auto *reload = new QPushButton(icon(QStringLiteral("view-refresh")), tr("&Refresh"), this);
    reload->setAutoDefault(false);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(reload, &QPushButton::clicked, this, &LogWindow::read);
    connect(m_names, &QComboBox::activated, this, &LogWindow::read);
    connect(m_search, &QLineEdit::returnPressed, this, &LogWindow::find);
    auto *focusSearch = new QShortcut(QKeySequence::Find, this);
    connect(focusSearch, &QShortcut::activated, this, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });

    auto *top = new QHBoxLayout;
    top->addWidget(m_names, 1);
    top->addWidget(m_search, 1);
    top->addWidget(reload);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_note);
    layout->addWidget(buttons);
    resize(860, 520);
    fillNames();
    read();
    m_text->setFocus();
}

void LogWindow::fillNames()
{
    QStringList names = QDir(m_folder).entryList(QDir::Files | QDir::Readable, QDir::Name);
    const QString main = QStringLiteral("vitrine.log");
    if (names.removeOne(main))
        names.prepend(main);
    m_names->addItems(names);
    m_names->setEnabled(names.size() > 1);
}

void LogWindow::read()
{
    const QString path = QDir(m_folder).filePath(m_names->currentText());
    QFile file(path);
    if (m_names->count() == 0 || !file.open(QIODevice::ReadOnly)) {
        m_text->clear();
        m_note->setText(m_names->count() == 0
                            ? tr("There is no log in %1").arg(m_folder)
                            : tr("Cannot read %1: %2").arg(path, file.errorString()));
        return;
    }
    const bool isCut = file.size() > MaxShownBytes;
    if (isCut)
        file.seek(file.size() - MaxShownBytes);
    m_text->setPlainText(QString::fromUtf8(file.read(MaxShownBytes)));
    m_text->moveCursor(QTextCursor::End);
    m_note->setText(isCut ? tr("%1 (the last megabyte)").arg(path) : path);
}

void LogWindow::find()
{
    if (m_search->text().isEmpty() || m_text->find(m_search->text()))
        return;
    const QTextCursor before = m_text->textCursor();
    m_text->moveCursor(QTextCursor::Start);
    if (!m_text->find(m_search->text())) {
        m_text->setTextCursor(before);
        m_note->setText(tr("\"%1\" is not in this log").arg(m_search->text()));
    }
}

} // namespace ui
