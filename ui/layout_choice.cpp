// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/layout_choice.h"

#include "engine/base/log.h"
#include "engine/control/keyboard_layout.h"
#include "ui/preferences.h"

namespace ui {

namespace {

QString key(const QUuid &machine)
{
    return machine.toString(QUuid::WithoutBraces);
}

} // namespace

QString guestLayoutOf(const QUuid &machine)
{
    const QString chosen = Preferences::load().guestLayouts.value(key(machine));
    return chosen.isEmpty() ? engine::hostKeyboardLayout() : chosen;
}

void rememberGuestLayout(const QUuid &machine, const QString &layout)
{
    Preferences preferences = Preferences::load();
    if (machine.isNull() || preferences.guestLayouts.value(key(machine)) == layout)
        return;
    preferences.guestLayouts.insert(key(machine), layout);
    // A convenience: what the user is doing goes on without it.
    if (const auto saved = preferences.save(); !saved)
        engine::log(engine::LogLevel::Warning, "window", saved.error().text());
}

LayoutChoice::LayoutChoice(const QUuid &machine, QWidget *parent)
    : QComboBox(parent)
{
    setObjectName(QStringLiteral("layout"));
    setAccessibleName(tr("Keyboard layout of the guest"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(24);
    setMaxVisibleItems(20);
    const QList<engine::LayoutName> layouts = engine::keyboardLayouts();
    for (const engine::LayoutName &layout : layouts)
        addItem(tr("%1 – %2").arg(layout.description, layout.id), layout.id);
    setLayoutId(guestLayoutOf(machine));
    connect(this, &QComboBox::currentIndexChanged, this,
            [this] { emit layoutChanged(layoutId()); });
}

void LayoutChoice::setLayoutId(const QString &id)
{
    int index = findData(id);
    if (index < 0) { // not listed, or no list installed
        addItem(id, id);
        index = count() - 1;
    }
    setCurrentIndex(index);
}

} // namespace ui
