// SPDX-License-Identifier: GPL-3.0-or-later
// Everything somebody needs to find out what is wrong with a machine, in one archive: its
// definition, state and logs, QEMU's command line, facts about the computer and the desktop, and,
// when asked for, the last screen. Names of the user and the computer are taken out (redaction.h).
//
// collectReport() runs programs and takes some hundred milliseconds: call it beside the event loop.
// It keeps to plain values and may be called on any thread.
#pragma once

#include "engine/control/control_protocol.h"
#include "engine/control/redaction.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace engine {

struct ReportPart
{
    QString name; // in the archive: "Logs/vitrine.log"
    QString description; // for the person who decides whether to send it
    QByteArray bytes;
    bool isText = true;
};

struct ReportRequest
{
    MachineEntry entry;
    std::optional<MachineStatus> status; // while it runs
    QString screenFile; // a PNG; empty: none
    QString desktopFacts; // what only a program with a window knows, as lines
};

// Clean already.
QList<ReportPart> collectReport(const ReportRequest &request, const Redaction &redaction);

// As .tar.gz, or what the name's ending says (.tar.xz, .zip). Written beside and renamed.
Result<> writeReport(const QList<ReportPart> &parts, const QString &path);

// "vitrine-report-<machine>-<date>.tar.gz"
QString reportFileName(const MachineEntry &entry);

} // namespace engine
