// SPDX-License-Identifier: GPL-3.0-or-later
// The lists that are not machines or media, as text and JSON. Values in, text out.
#pragma once

#include "engine/catalog/machine_maker.h"
#include "engine/catalog/os_catalog.h"
#include "engine/drivers/acceleration.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/preferences.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace app {

QString osTypeText(const engine::VBoxOsType &type);
QJsonObject osTypeJson(const engine::VBoxOsType &type);

struct HostView
{
    engine::HostFacts facts;
    engine::Acceleration acceleration;
    QString processor;
    QString system;
    QString kernel;
    engine::BuiltInAcceleration builtIn;
};

HostView readHost(const engine::HostFacts &facts, const engine::Acceleration &acceleration,
                  const engine::BuiltInAcceleration &builtIn);
QString hostText(const HostView &host);
QJsonObject hostJson(const HostView &host);

struct Property
{
    QString label; // "Default machine folder": VirtualBox's words where it has them
    QString value;
};

QList<Property> systemProperties(const QString &machineFolder,
                                 const engine::Preferences &preferences);
QString propertiesText(const QList<Property> &properties);
QJsonObject propertiesJson(const QList<Property> &properties);

// One interface of this computer, as `list bridgedifs` shows it.
QString interfaceText(const engine::HostNetworkInterface &interface);
QJsonObject interfaceJson(const engine::HostNetworkInterface &interface);

QString backendsText();
QJsonArray backendsJson();

} // namespace app
