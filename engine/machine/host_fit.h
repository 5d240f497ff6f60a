// SPDX-License-Identifier: GPL-3.0-or-later
// Will a machine fit on this computer? What the computer has is gathered first (HostFacts,
// FolderFacts); the answer is a pure function of that: sentences for people, each with how bad it
// is. None of them forbids anything: a machine that does not fit now may fit when it is started.
//
// Any thread.
#pragma once

#include "engine/machine/machine_store.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <functional>

namespace engine {

// A machine that runs now. It may have been promised more memory than it has taken so far.
struct RunningMachine
{
    QString name = {};
    qint64 memoryBytes = 0; // as its definition says
    qint64 residentBytes = -1; // of all its processes; -1: not known
};

// What the computer can give: read by the program, passed in so that plans are testable.
struct HostFacts
{
    int cpus = 1;
    qint64 memoryBytes = 0;
    qint64 freeMemoryBytes = 0; // MemAvailable: what programs can have without swapping
    qint64 freeSwapBytes = 0;
    QList<RunningMachine> running = {};

    // Without `running`, which takes a look at every machine.
    static HostFacts current();
    static HostFacts current(const QList<MachineEntry> &machines);
};

// A file system, by a folder on it or one that will be made there.
struct FolderFacts
{
    QString mountPoint = {};
    qint64 freeBytes = -1; // for this user; -1: not known
    qint64 largestFileBytes = -1; // -1: no limit that matters

    static FolderFacts of(const QString &folder);
};

struct FitSentence
{
    enum class Severity { Good, Warning, Problem };
    enum class Topic { Memory, Processors, Disk, Speed };
    Severity severity = Severity::Good;
    Topic topic = Topic::Memory;
    QString text = {}; // without its stop
};

struct FitDisk
{
    QString folder = {};
    qint64 virtualBytes = 0; // how large it can become
    qint64 bytesAtOnce = 0; // how much of that is taken when it is made
};

// Acceleration as engine/drivers knows it, in words: a lower layer cannot name that type.
struct FitRequest
{
    int memoryMiB = 0;
    int cpus = 1;
    QList<FitDisk> disks = {};
    bool isAccelerationKnown = false;
    bool isAccelerated = false;
    QString accelerationReason = {};
    QString accelerationRemedy = {};
};

using FolderLook = std::function<FolderFacts(const QString &folder)>;

QList<FitSentence> predictFit(const FitRequest &request, const HostFacts &host,
                              const FolderLook &look = &FolderFacts::of);
// The first of them alone, for a machine that is about to start.
FitSentence predictMemoryFit(int memoryMiB, const HostFacts &host);

// "1.5 GiB", the same in every locale, as all the engine's sentences are.
QString binarySize(qint64 bytes);

} // namespace engine
