// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/definition_checker.h"

#include "engine/drivers/hardware_support.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtCore/QThreadPool>

#include <chrono>

namespace ui {

using namespace std::chrono_literals;

DefinitionChecker::DefinitionChecker(const SettingsContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(150ms);
    connect(&m_soon, &QTimer::timeout, this, &DefinitionChecker::start);
}

void DefinitionChecker::checkSoon(const engine::MachineDefinition &definition)
{
    m_definition = definition;
    m_soon.start();
}

void DefinitionChecker::checkNow(const engine::MachineDefinition &definition)
{
    m_definition = definition;
    m_soon.stop();
    start();
}

void DefinitionChecker::start()
{
    QSet<QString> newDisks;
    for (const engine::CreateImageRequest &disk : m_context.newDisks)
        newDisks.insert(QDir::cleanPath(disk.path));
    engine::CheckContext check{.machineFolder = m_context.machineFolder,
                               .fileExists =
                                   [newDisks](const QString &path) {
                                       return newDisks.contains(path) || QFileInfo::exists(path);
                                   },
                               .hostMemoryMiB = m_context.hostMemoryMiB,
                               .hostCpus = m_context.hostCpus,
                               .others = m_context.others};
    ++m_running;
    const int generation = ++m_generation;
    QThreadPool::globalInstance()->start(
        [guard = QPointer(this), generation, definition = m_definition, check = std::move(check)] {
            const QList<engine::DefinitionProblem> problems =
                engine::checkDefinition(definition, check) + engine::engineProblems(definition);
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [guard, generation, problems] {
                    if (!guard)
                        return;
                    --guard->m_running;
                    if (generation == guard->m_generation)
                        emit guard->checked(problems);
                },
                Qt::QueuedConnection);
        });
}

} // namespace ui
