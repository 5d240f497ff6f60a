// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/report_dialog.h"

#include "engine/control/control_client.h"
#include "engine/machine/qt_text.h"
#include "ui/error_box.h"
#include "ui/icons.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QPointer>
#include <QtCore/QStandardPaths>
#include <QtCore/QThreadPool>
#include <QtGui/QFontDatabase>
#include <QtGui/QGuiApplication>
#include <QtGui/QPixmap>
#include <QtGui/QScreen>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

namespace wizards {

namespace {

// What a desktop looks like to this program.
QString desktopFacts()
{
    QString text = QStringLiteral("Window system: %1\n").arg(QGuiApplication::platformName());
    const QList<QScreen *> screens = QGuiApplication::screens();
    for (const QScreen *screen : screens) {
        text += QStringLiteral("Screen: %1x%2 at %3 %, %4 Hz\n")
                    .arg(screen->size().width())
                    .arg(screen->size().height())
                    .arg(int(screen->devicePixelRatio() * 100))
                    .arg(screen->refreshRate());
    }
    return text;
}

} // namespace

ReportDialog::ReportDialog(const engine::MachineEntry &entry, const QString &socket,
                           QWidget *parent)
    : QDialog(parent)
    , m_list(new QListWidget(this))
    , m_preview(new QStackedWidget(this))
    , m_text(new QPlainTextEdit(this))
    , m_picture(new QLabel(this))
    , m_screen(new QCheckBox(tr("Include a &picture of the machine's screen"), this))
{
    m_request.entry = entry;
    m_request.desktopFacts = desktopFacts();
    setObjectName(QStringLiteral("reportDialog"));
    setWindowTitle(tr("Report about \"%1\"").arg(entry.displayName()));

    auto *intro = new QLabel(tr("This is what the report will hold. Your name, your home folder "
                                "and the computer's name are taken out. Look through it before "
                                "you give it to anybody."),
                             this);
    intro->setWordWrap(true);
    m_list->setObjectName(QStringLiteral("parts"));
    m_list->setAccessibleName(tr("Parts of the report"));
    m_text->setObjectName(QStringLiteral("partText"));
    m_text->setAccessibleName(tr("Contents of the part"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setPlaceholderText(tr("The report is being gathered..."));
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setAccessibleName(tr("Picture of the machine's screen"));
    m_picture->setMinimumSize(1, 1);
    m_preview->addWidget(m_text);
    m_preview->addWidget(m_picture);
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_list);
    splitter->addWidget(m_preview);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({240, 560});

    m_screen->setObjectName(QStringLiteral("includeScreen"));
    m_screen->setVisible(false);
    m_path = new QLineEdit(this);
    m_path->setObjectName(QStringLiteral("path"));
    QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    if (folder.isEmpty() || !QFileInfo(folder).isDir())
        folder = QDir::homePath();
    m_path->setText(QDir::toNativeSeparators(folder + u'/' + engine::reportFileName(entry)));
    auto *label = new QLabel(tr("&Save as:"), this);
    label->setBuddy(m_path);
    auto *browse = new QPushButton(ui::icon(QStringLiteral("folder-open")), tr("&Browse..."), this);
    browse->setAutoDefault(false);
    browse->setAccessibleName(tr("Browse for the report's file"));
    connect(browse, &QPushButton::clicked, this, &ReportDialog::chooseFile);
    auto *line = new QHBoxLayout;
    line->addWidget(label);
    line->addWidget(m_path, 1);
    line->addWidget(browse);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_save = buttons->addButton(tr("Save &Report"), QDialogButtonBox::AcceptRole);
    m_save->setObjectName(QStringLiteral("save"));
    m_save->setDefault(true);
    m_save->setEnabled(false);
    connect(buttons, &QDialogButtonBox::accepted, this, &ReportDialog::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_list, &QListWidget::currentRowChanged, this, &ReportDialog::showPart);
    connect(m_screen, &QCheckBox::toggled, this, [this](bool isIncluded) {
        for (int row = 0; row < m_parts.size(); ++row) {
            if (!m_parts.at(row).isText)
                m_list->item(row)->setHidden(!isIncluded);
        }
        if (m_list->currentItem() && m_list->currentItem()->isHidden())
            m_list->setCurrentRow(0);
    });

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(intro);
    layout->addWidget(splitter, 1);
    layout->addWidget(m_screen);
    layout->addLayout(line);
    layout->addWidget(buttons);
    resize(840, 560);

    if (socket.isEmpty())
        gather();
    else
        askMachine(socket);
}

ReportDialog::~ReportDialog() = default;

void ReportDialog::askMachine(const QString &socket)
{
    auto *client = new engine::ControlClient(this);
    connect(client, &engine::ControlClient::disconnected, this, [this, client] {
        client->deleteLater();
        client->disconnect(this);
        gather(); // without what only the machine's process knows
    });
    connect(
        client, &engine::ControlClient::statusChanged, this,
        [this, client](const engine::MachineStatus &status) {
            client->disconnect(this);
            m_request.status = status;
            const QString file = m_folder.filePath(QStringLiteral("screen.png"));
            client->call(
                QStringLiteral("machine.screenshot"),
                {{QStringLiteral("path"), file}, {QStringLiteral("format"), QStringLiteral("png")}},
                [self = QPointer(this), client, file](const engine::Result<QJsonObject> &answer) {
                    client->deleteLater();
                    if (!self)
                        return;
                    if (answer)
                        self->m_request.screenFile = file;
                    self->gather();
                });
        });
    client->connectTo(socket);
}

void ReportDialog::gather()
{
    QThreadPool::globalInstance()->start([self = QPointer(this), request = m_request] {
        const QList<engine::ReportPart> parts =
            engine::collectReport(request, engine::Redaction::current());
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, parts] {
                if (!self)
                    return;
                self->m_parts = parts;
                for (const engine::ReportPart &part : parts) {
                    auto *item =
                        new QListWidgetItem(ui::icon(part.isText ? QStringLiteral("text-x-generic")
                                                                 : QStringLiteral("camera-photo")),
                                            part.name, self->m_list);
                    const QString size = QLocale().formattedDataSize(part.bytes.size());
                    item->setToolTip(tr("%1 (%2)").arg(part.description, size));
                    // Nobody's screen goes along unasked.
                    item->setHidden(!part.isText);
                    self->m_screen->setVisible(self->m_screen->isVisible() || !part.isText);
                }
                self->m_list->setCurrentRow(0);
                self->m_save->setEnabled(true);
                emit self->gathered();
            },
            Qt::QueuedConnection);
    });
}

void ReportDialog::showPart(int row)
{
    if (row < 0 || row >= m_parts.size())
        return;
    const engine::ReportPart &part = m_parts.at(row);
    m_preview->setCurrentIndex(part.isText ? 0 : 1);
    if (part.isText) {
        m_text->setPlainText(QString::fromUtf8(part.bytes));
        return;
    }
    QPixmap picture;
    picture.loadFromData(part.bytes);
    m_picture->setPixmap(picture.scaled(m_preview->size() - QSize(8, 8), Qt::KeepAspectRatio,
                                        Qt::SmoothTransformation));
}

QList<engine::ReportPart> ReportDialog::chosenParts() const
{
    QList<engine::ReportPart> parts;
    for (const engine::ReportPart &part : m_parts) {
        if (part.isText || m_screen->isChecked())
            parts.append(part);
    }
    return parts;
}

void ReportDialog::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Save the Report"), m_path->text(),
                                   tr("Archives (*.tar.gz *.zip)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, m_path,
            [this](const QString &path) { m_path->setText(QDir::toNativeSeparators(path)); });
    dialog->open();
}

void ReportDialog::save()
{
    const QString path = QDir::fromNativeSeparators(m_path->text().trimmed());
    const engine::Result<> written = engine::writeReport(chosenParts(), path);
    if (!written) {
        ui::showError(this, tr("The report could not be saved"), written.error());
        return;
    }
    emit saved(path);
    accept();
}

} // namespace wizards
