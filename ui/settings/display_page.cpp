// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/display_page.h"

#include "ui/settings/amount_field.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>

namespace ui {

namespace {

constexpr int MostVideoMemory = 256; // as VirtualBox has it
constexpr int VideoMemoryStep = 1;

// A virtio card takes its pictures from the machine's memory.
bool hasOwnMemory(engine::VideoModel video)
{
    return video == engine::VideoModel::Vga || video == engine::VideoModel::Qxl;
}

} // namespace

DisplayPage::DisplayPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("display"), tr("Display"), QStringLiteral("video-display"),
                   context, parent)
    , m_video(new QComboBox(this))
    , m_memory(new AmountField({.least = 0,
                                .most = MostVideoMemory,
                                .sliderMost = MostVideoMemory,
                                .step = VideoMemoryStep},
                               tr(" MB"), this))
{
    QFormLayout *form = makePageForm();
    addChoice(*m_video, engine::VideoModel::Vga, tr("VGA: every system knows it"));
    addChoice(*m_video, engine::VideoModel::Virtio, tr("VirtIO GPU: for current Linux systems"));
    addChoice(*m_video, engine::VideoModel::Qxl, tr("QXL: for systems with its driver"));
    addChoice(*m_video, engine::VideoModel::None, tr("None: without a screen"));
    addField(*form, QStringLiteral("video"),
             {tr("&Graphics adapter:"), tr("The card that the guest sees"),
              tr("screen monitor gpu vga vmsvga vnc spice controller video")},
             m_video);
    addField(*form, QStringLiteral("videoMemoryMiB"),
             {tr("Video &memory:"), tr("More allows a larger screen: 16 MB are enough for 4K"),
              tr("vram resolution screen")},
             m_memory);
    connect(m_video, &QComboBox::currentIndexChanged, this, [this] {
        setOffered(QStringLiteral("videoMemoryMiB"),
                   hasOwnMemory(engine::VideoModel(currentChoice(*m_video))));
    });
}

void DisplayPage::load(const engine::MachineDefinition &definition)
{
    setCurrentChoice(*m_video, int(definition.video));
    m_memory->setValue(definition.videoMemoryMiB);
    setOffered(QStringLiteral("videoMemoryMiB"), hasOwnMemory(definition.video));
}

void DisplayPage::save(engine::MachineDefinition &definition) const
{
    definition.video = engine::VideoModel(currentChoice(*m_video));
    // More than the page can say stays what it is.
    if (m_memory->value() != MostVideoMemory || definition.videoMemoryMiB < MostVideoMemory)
        definition.videoMemoryMiB = m_memory->value();
}

} // namespace ui
