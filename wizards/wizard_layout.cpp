// SPDX-License-Identifier: GPL-3.0-or-later
// How the wizard is put together; what it does is in new_machine_wizard.cpp.
#include "ui/icons.h"
#include "wizards/disk_section.h"
#include "wizards/new_machine_wizard.h"
#include "wizards/plan_form.h"
#include "wizards/sentence_list.h"
#include "wizards/wizard_mode.h"
#include "wizards/wrap_label.h"

#include <QtGui/QScreen>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <chrono>

namespace wizards {

namespace {

constexpr int Width = 680;
constexpr int ExpertHeight = 300; // of the part that scrolls, at least
constexpr int UsualExpertHeight = 660; // of the window
constexpr int TitleBar = 60; // and some air
constexpr int BannerHeight = 60; // around the icon
constexpr std::chrono::seconds HostInterval{3};

void setBold(QWidget &widget)
{
    QFont font = widget.font();
    font.setBold(true);
    widget.setFont(font);
}

} // namespace

NewMachineWizard::NewMachineWizard(engine::MachineStore &store, MediaIdentifier::Loader loader,
                                   QWidget *parent)
    : NewMachineWizard(store, engine::HostFacts::current(store.machines()), std::move(loader),
                       parent)
{
    connect(&m_hostTimer, &QTimer::timeout, this, [this] {
        if (m_maker)
            return;
        m_host = engine::HostFacts::current(m_store.machines());
        update();
    });
    m_hostTimer.start(HostInterval);
}

NewMachineWizard::NewMachineWizard(engine::MachineStore &store, const engine::HostFacts &host,
                                   MediaIdentifier::Loader loader, QWidget *parent)
    : QDialog(parent)
    , m_store(store)
    , m_host(host)
    , m_identifier(std::move(loader))
    , m_form(new PlanForm(host, this))
{
    setObjectName(QStringLiteral("newMachineWizard"));
    setWindowTitle(tr("New Machine"));
    setAcceptDrops(true);
    build();
    connect(&m_identifier, &MediaIdentifier::finished, this, &NewMachineWizard::identified);
    connect(&m_prober, &DiskProber::probed, this, &NewMachineWizard::update);
    connect(m_form, &PlanForm::changed, this, &NewMachineWizard::update);
    connect(&m_form->diskSection(), &DiskSection::selectionChanged, this,
            &NewMachineWizard::update);
    connect(m_form, &PlanForm::systemChosen, this, [this] { suggest(true); });
    setExpert(readExpertMode(store.configFolder()));
    setPath({});
}

NewMachineWizard::~NewMachineWizard()
{
    // Closing takes the focus from the field, which tells of it when this is only a dialog.
    m_path->disconnect(this);
}

void NewMachineWizard::build()
{
    buildSource();
    m_heading = new QLabel(this);
    m_heading->setObjectName(QStringLiteral("heading"));
    setBold(*m_heading);

    m_steps = new QStackedWidget(this);
    m_steps->setObjectName(QStringLiteral("steps"));
    for (int i = 0; i < StepCount; ++i) {
        auto *page = new QWidget(m_steps);
        auto *layout = new QVBoxLayout(page);
        layout->setContentsMargins(0, 0, 0, 0);
        m_stepLayouts.append(layout);
        m_steps->addWidget(page);
    }
    m_brief = new WrapLabel(m_steps);
    m_brief->setObjectName(QStringLiteral("brief"));
    m_summary = new WrapLabel(m_steps);
    m_summary->setObjectName(QStringLiteral("summary"));
    m_summary->setTextFormat(Qt::RichText);
    m_stepLayouts.at(NameStep)->addWidget(m_brief);
    m_stepLayouts.at(SummaryStep)->addWidget(m_summary);
    for (QVBoxLayout *layout : std::as_const(m_stepLayouts))
        layout->addStretch();

    auto *everything = new QWidget(this);
    m_expertLayout = new QVBoxLayout(everything);
    for (const QString &title : {tr("Medium, name and system"), tr("Hardware"), tr("Disks")}) {
        auto *label = new QLabel(title, everything);
        setBold(*label);
        if (!m_expertTitles.isEmpty())
            label->setContentsMargins(0, 10, 0, 0);
        m_expertLayout->addWidget(label);
        m_expertTitles.append(label);
    }
    m_expertLayout->addStretch();
    m_expertArea = new QScrollArea(this);
    m_expertArea->setObjectName(QStringLiteral("expertPage"));
    m_expertArea->setWidgetResizable(true);
    m_expertArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_expertArea->setMinimumHeight(ExpertHeight);
    m_expertArea->setWidget(everything);
    m_expertArea->setFocusPolicy(Qt::NoFocus);

    m_fit = new SentenceList(this);
    m_fit->setObjectName(QStringLiteral("fit"));
    m_failure = new WrapLabel(this);
    m_failure->setObjectName(QStringLiteral("failure"));
    m_failure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_failure->hide();
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("progress"));
    m_progress->setAccessibleName(tr("Progress of making the machine"));
    m_progress->hide();

    auto *line = new QFrame(this);
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Sunken);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(m_heading);
    layout->addWidget(m_steps, 1);
    layout->addWidget(m_expertArea, 1);
    layout->addWidget(line);
    layout->addWidget(m_fit);
    layout->addWidget(m_failure);
    layout->addWidget(m_progress);
    layout->addLayout(buildButtons());
    setMinimumWidth(Width);
    // All fields begin at one line, also those of different sections.
    QList<QLabel *> labels;
    int widest = 0;
    for (QLabel *label : findChildren<QLabel *>()) {
        if (!label->buddy())
            continue;
        labels.append(label);
        widest = qMax(widest, label->sizeHint().width());
    }
    for (QLabel *label : std::as_const(labels))
        label->setMinimumWidth(widest);
}

void NewMachineWizard::fitWindow()
{
    const int most =
        screen() ? screen()->availableGeometry().height() - TitleBar : UsualExpertHeight;
    const int wanted = m_isExpert ? UsualExpertHeight : layout()->totalHeightForWidth(width());
    resize(width(), qMin(wanted, most));
}

void NewMachineWizard::growWindow()
{
    // In expert mode what is too much scrolls.
    if (!m_isExpert && height() < layout()->totalHeightForWidth(width()))
        fitWindow();
}

void NewMachineWizard::buildSource()
{
    m_source = new QWidget(this);
    m_path = new QLineEdit(m_source);
    m_path->setObjectName(QStringLiteral("path"));
    m_path->setAccessibleName(tr("ISO or disk image"));
    m_path->setPlaceholderText(tr("Drop an ISO or a disk image here, or choose one"));
    m_path->setClearButtonEnabled(true);
    m_browse =
        new QPushButton(ui::icon(QStringLiteral("media-optical")), tr("&Choose..."), m_source);
    m_browse->setObjectName(QStringLiteral("browse"));
    m_browse->setAutoDefault(false);
    auto *label = new QLabel(tr("&Install from:"), m_source);
    label->setBuddy(m_path);
    auto *row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(m_path, 1);
    row->addWidget(m_browse);

    auto *banner = new QFrame(m_source);
    banner->setFrameShape(QFrame::StyledPanel);
    banner->setAutoFillBackground(true);
    banner->setBackgroundRole(QPalette::Base);
    banner->setMinimumHeight(BannerHeight);
    m_detectedIcon = new QLabel(banner);
    m_detectedIcon->setFixedSize(40, 40);
    m_detected = new WrapLabel(banner);
    m_detected->setObjectName(QStringLiteral("detected"));
    auto *bannerLayout = new QHBoxLayout(banner);
    bannerLayout->addWidget(m_detectedIcon);
    bannerLayout->addWidget(m_detected, 1);

    m_networkBoot = new QCheckBox(tr("Start from the network first (PXE)"), m_source);
    m_networkBoot->setObjectName(QStringLiteral("networkBoot"));
    auto *layout = new QVBoxLayout(m_source);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(row);
    layout->addWidget(banner);
    layout->addWidget(m_networkBoot);

    connect(m_networkBoot, &QCheckBox::toggled, this, &NewMachineWizard::update);
    connect(m_browse, &QPushButton::clicked, this, &NewMachineWizard::chooseFile);
    connect(m_path, &QLineEdit::editingFinished, this, [this] {
        const QString shown = m_diskPath.isEmpty() ? m_media.path : m_diskPath;
        if (m_path->text() != shown)
            setPath(m_path->text());
    });
}

QHBoxLayout *NewMachineWizard::buildButtons()
{
    const auto button = [this](const QString &text, const char *name) {
        auto *made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAutoDefault(false);
        return made;
    };
    m_expert = button(tr("&Expert Mode"), "expert");
    m_expert->setCheckable(true);
    m_back = button(tr("< Bac&k"), "back");
    m_next = button(tr("Ne&xt >"), "next");
    m_create = button(tr("Cre&ate"), "create");
    m_createAndStart = button(tr("Create and s&tart"), "createAndStart");
    m_createAndStart->setIcon(ui::icon(QStringLiteral("media-playback-start")));
    m_createAndStart->setAutoDefault(true);
    m_createAndStart->setDefault(true);
    m_cancel = button(tr("Cancel"), "cancel");
    connect(m_expert, &QPushButton::toggled, this, [this](bool isOn) {
        setExpert(isOn);
        writeExpertMode(m_store.configFolder(), isOn);
    });
    connect(m_back, &QPushButton::clicked, this, [this] { setStep(m_step - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] { setStep(m_step + 1); });
    connect(m_createAndStart, &QPushButton::clicked, this, [this] { create(true); });
    connect(m_create, &QPushButton::clicked, this, [this] { create(false); });
    connect(m_cancel, &QPushButton::clicked, this, &NewMachineWizard::reject);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_expert);
    buttons->addStretch();
    for (QPushButton *each : {m_back, m_next, m_create, m_createAndStart, m_cancel})
        buttons->addWidget(each);
    return buttons;
}

} // namespace wizards
