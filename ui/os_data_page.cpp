// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/os_data_page.h"

#include "engine/machine/qt_text.h"
#include "ui/error_box.h"

#include <QtCore/QDir>
#include <QtCore/QStandardPaths>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

OsDataPage::OsDataPage(QWidget *parent)
    : PreferencesPage(parent)
    , m_facts(new QLabel(this))
    , m_outcome(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_check(new QPushButton(tr("Check for &Updates"), this))
    , m_file(new QPushButton(tr("&Import from File…"), this))
    , m_undo(new QPushButton(tr("U&ndo the Update"), this))
    , m_cancel(new QPushButton(tr("S&top"), this))
{
    m_facts->setObjectName(QStringLiteral("osDataFacts"));
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setWordWrap(true);
    m_outcome->setObjectName(QStringLiteral("osDataOutcome"));
    m_outcome->setTextFormat(Qt::PlainText);
    m_outcome->setWordWrap(true);
    m_progress->setObjectName(QStringLiteral("osDataProgress"));
    m_progress->setAccessibleName(tr("Progress of the update"));
    m_check->setObjectName(QStringLiteral("checkOsData"));
    m_file->setObjectName(QStringLiteral("importOsData"));
    m_undo->setObjectName(QStringLiteral("undoOsData"));
    m_cancel->setObjectName(QStringLiteral("stopOsData"));
    for (QPushButton *button : {m_check, m_file, m_undo, m_cancel})
        button->setAutoDefault(false);
    connect(m_check, &QPushButton::clicked, this, &OsDataPage::check);
    connect(m_file, &QPushButton::clicked, this, &OsDataPage::chooseFile);
    connect(m_undo, &QPushButton::clicked, this, &OsDataPage::undo);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_update)
            m_update->cancel();
    });

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_check);
    buttons->addWidget(m_file);
    buttons->addWidget(m_undo);
    buttons->addStretch();
    auto *running = new QHBoxLayout;
    running->addWidget(m_progress, 1);
    running->addWidget(m_cancel);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeHint(tr("What Vitrine knows about guest systems comes from the project "
                                  "osinfo-db and from additions of its own: names, the media they "
                                  "are installed from, and the hardware that suits them."),
                               this));
    layout->addWidget(m_facts);
    layout->addLayout(buttons);
    layout->addLayout(running);
    layout->addWidget(m_outcome);
    layout->addWidget(makeHint(tr("An update is fetched from %1, checked, and kept for you alone. "
                                  "The new-machine wizard uses it after the next start of the "
                                  "manager.")
                                   .arg(m_index.host()),
                               this));
    layout->addStretch();
    m_progress->hide();
    m_cancel->hide();
    m_outcome->hide();
    showFacts();
}

OsDataPage::~OsDataPage() = default;

void OsDataPage::show(const Preferences &preferences)
{
    if (!m_proxy)
        m_proxy = [proxy = preferences.proxy] { return proxy; };
    showFacts();
}

void OsDataPage::showFacts()
{
    const engine::OsDataFacts facts = engine::osDataFacts();
    m_facts->setText(
        facts.version.isEmpty()
            ? tr("No data is installed. Install the package osinfo-db, or import a "
                 "release.")
            : facts.isOurs
            ? tr("Used: the release of %1, from an update.").arg(engine::osDataDate(facts.version))
            : tr("Used: the release of %1, from your distribution.")
                  .arg(engine::osDataDate(facts.version)));
    m_undo->setEnabled(facts.canUndo);
    m_undo->setToolTip(facts.canUndo ? tr("Use the data that was used before the last update")
                                     : tr("There is no update to undo."));
}

void OsDataPage::begin()
{
    m_update = std::make_unique<engine::OsDataUpdate>(m_proxy ? m_proxy() : engine::ProxyChoice());
    m_update->setIndex(m_index);
    connect(m_update.get(), &engine::OsDataUpdate::progressed, this,
            [this](const QString &what, qint64 done, qint64 total) {
                m_outcome->setText(what);
                m_outcome->show();
                // Without an end the bar only shows that something goes on.
                m_progress->setRange(0, total > 0 ? 100 : 0);
                m_progress->setValue(total > 0 ? int(done * 100 / total) : 0);
            });
    connect(m_update.get(), &engine::OsDataUpdate::installed, this, [this](const QString &version) {
        end(tr("The release of %1 is installed.").arg(engine::osDataDate(version)));
    });
    connect(m_update.get(), &engine::OsDataUpdate::upToDate, this, [this](const QString &version) {
        end(tr("There is nothing newer than the release of %1.").arg(engine::osDataDate(version)));
    });
    connect(m_update.get(), &engine::OsDataUpdate::failed, this,
            [this](const engine::Error &error) {
                QString words = sentence(engine::errorText(error));
                if (!error.remedy().empty())
                    words += u'\n' + sentence(engine::toQString(error.remedy()));
                end(words);
            });
    for (QPushButton *button : {m_check, m_file, m_undo})
        button->setEnabled(false);
    m_progress->setRange(0, 0);
    m_progress->show();
    m_cancel->show();
}

void OsDataPage::check()
{
    begin();
    m_update->start();
}

void OsDataPage::chooseFile()
{
    auto *dialog =
        new QFileDialog(this, tr("Import System Data"),
                        QStandardPaths::writableLocation(QStandardPaths::DownloadLocation),
                        tr("Releases of osinfo-db (osinfo-db-*.tar.xz *.tar.xz);;All files (*)"));
    dialog->setObjectName(QStringLiteral("osDataFileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        begin();
        m_update->importFile(path);
    });
    dialog->open();
}

void OsDataPage::undo()
{
    const auto undone = engine::OsDataUpdate::undo();
    QString words = tr("The data from before the update is used again.");
    if (!undone) {
        words = sentence(engine::errorText(undone.error()));
        if (!undone.error().remedy().empty())
            words += u'\n' + sentence(engine::toQString(undone.error().remedy()));
    }
    end(words);
}

void OsDataPage::end(const QString &words)
{
    m_progress->hide();
    m_cancel->hide();
    for (QPushButton *button : {m_check, m_file})
        button->setEnabled(true);
    m_outcome->setText(words);
    m_outcome->setVisible(!words.isEmpty());
    showFacts();
}

} // namespace ui
