// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/error_box.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QUrl>
#include <QtGui/QClipboard>
#include <QtGui/QDesktopServices>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpacerItem>

namespace ui {

namespace {

constexpr int ReadableLetters = 64; // in a line, the picture at the left included

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::ErrorBox", text);
}

// The root cause tells most; what stands between it and the request is for the details.
QString informativeText(const engine::Error &error)
{
    QStringList parts{sentence(engine::toQString(error.messages().back()))};
    if (!error.remedy().empty())
        parts.append(sentence(engine::toQString(error.remedy())));
    return parts.join(QStringLiteral("\n\n"));
}

QString details(const engine::Error &error, const QString &logFile)
{
    QString text;
    for (const std::string &message : error.messages())
        text += engine::toQString(message) + u'\n';
    if (!logFile.isEmpty())
        text += u'\n' + tr("Log file: %1").arg(logFile) + u'\n';
    return text;
}

// Otherwise the button would close the box, and what it says be gone.
QPushButton *addStayingButton(QMessageBox &box, const QString &text, const char *name)
{
    QPushButton *button = box.addButton(text, QMessageBox::HelpRole);
    button->setObjectName(QString::fromLatin1(name));
    button->disconnect();
    return button;
}

} // namespace

QString sentence(const QString &text)
{
    QString result = text.trimmed();
    if (result.isEmpty())
        return result;
    result[0] = result[0].toUpper();
    const QChar last = result.back();
    if (last != u'.' && last != u'!' && last != u'?' && last != u':')
        result += u'.';
    return result;
}

QMessageBox *showError(QWidget *parent, const QString &asked, const engine::Error &error,
                       const QString &logFile)
{
    return showError(parent, asked, error, ErrorOffers{.logFile = logFile, .command = {}});
}

QMessageBox *showError(QWidget *parent, const QString &asked, const engine::Error &error,
                       const ErrorOffers &offers)
{
    const QString &logFile = offers.logFile;
    auto *box = new QMessageBox(parent);
    box->setObjectName(QStringLiteral("errorBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowModality(parent != nullptr ? Qt::WindowModal : Qt::NonModal);
    box->setIcon(QMessageBox::Warning);
    box->setWindowTitle(tr("Vitrine"));
    box->setTextFormat(Qt::PlainText);
    box->setText(sentence(asked));
    box->setInformativeText(informativeText(error));
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    if (error.messages().size() > 1 || !logFile.isEmpty())
        box->setDetailedText(details(error, logFile));
    QPushButton *close = box->addButton(QMessageBox::Close);
    box->setDefaultButton(close);
    box->setEscapeButton(close);
    if (!offers.command.isEmpty()) {
        QPushButton *copy = addStayingButton(*box, tr("Copy Command"), "copyCommand");
        QObject::connect(copy, &QPushButton::clicked, box, [copy, command = offers.command] {
            QGuiApplication::clipboard()->setText(command);
            copy->setText(tr("Copied"));
        });
    }
    if (!logFile.isEmpty() && QFileInfo::exists(logFile)) {
        QPushButton *openLog = addStayingButton(*box, tr("Open Log"), "openLog");
        QObject::connect(openLog, &QPushButton::clicked, box,
                         [logFile] { QDesktopServices::openUrl(QUrl::fromLocalFile(logFile)); });
    }
    setReadableWidth(*box);
    box->show();
    return box;
}

void setReadableWidth(QMessageBox &box)
{
    auto *const grid = qobject_cast<QGridLayout *>(box.layout());
    if (grid == nullptr)
        return;
    const int width = box.fontMetrics().averageCharWidth() * ReadableLetters;
    grid->addItem(new QSpacerItem(width, 0, QSizePolicy::Minimum, QSizePolicy::Fixed),
                  grid->rowCount(), 0, 1, grid->columnCount());
}

} // namespace ui
