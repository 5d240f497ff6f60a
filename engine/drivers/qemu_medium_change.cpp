// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_medium_change.h"

#include "engine/base/log.h"
#include "engine/drivers/run_checks.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QPointer>

namespace engine {

QemuMediumChange::QemuMediumChange(QmpClient &qmp, MediumChangeRequest request, Finished finished,
                                   QObject *parent)
    : QObject(parent)
    , m_qmp(qmp)
    , m_request(std::move(request))
    , m_finished(std::move(finished))
{
    m_trayTimer.setSingleShot(true);
    connect(&m_trayTimer, &QTimer::timeout, this, [this] {
        m_isWaitingForTray = false;
        const Error error = trayStaysLocked(m_request.title, m_request.trayTimeout);
        removeNode(m_request.newNode.value("node-name").toString(),
                   [this, error] { finish(error); });
    });
}

void QemuMediumChange::start()
{
    if (m_request.newNode.isEmpty()) {
        openTray();
        return;
    }
    run("blockdev-add", m_request.newNode, [this](Result<> result) {
        if (!result) {
            const QString file =
                m_request.newNode.value("file").toObject().value("filename").toString();
            finish(std::move(result).error().context(
                QString("Cannot use \"%1\"").arg(file).toStdString()));
            return;
        }
        openTray();
    });
}

void QemuMediumChange::cancel(const Error &error)
{
    m_trayTimer.stop();
    finish(error);
}

void QemuMediumChange::openTray()
{
    m_isWaitingForTray = true;
    run("blockdev-open-tray", {{"id", m_request.device}, {"force", m_request.isForced}},
        [this](Result<> result) {
            if (!m_isWaitingForTray)
                return; // it moved before the answer came
            if (result) {
                m_isWaitingForTray = false;
                swapMedium();
                return;
            }
            // The guest has been asked to let go of its lock.
            if (errorText(result.error()).contains("locked")) {
                m_trayTimer.start(m_request.trayTimeout);
                return;
            }
            m_isWaitingForTray = false;
            const Error error = result.error();
            removeNode(m_request.newNode.value("node-name").toString(),
                       [this, error] { finish(error); });
        });
}

void QemuMediumChange::trayMoved(bool isOpen)
{
    if (!isOpen || !m_trayTimer.isActive())
        return; // without a wait the command's own answer goes on
    m_trayTimer.stop();
    m_isWaitingForTray = false;
    swapMedium();
}

void QemuMediumChange::swapMedium()
{
    if (m_request.oldNode.isEmpty()) {
        insertNew();
        return;
    }
    run("blockdev-remove-medium", {{"id", m_request.device}}, [this](Result<> result) {
        if (!result) {
            const Error error = result.error();
            removeNode(m_request.newNode.value("node-name").toString(),
                       [this, error] { closeTray(error); });
            return;
        }
        insertNew();
    });
}

void QemuMediumChange::insertNew()
{
    if (m_request.newNode.isEmpty()) {
        removeNode(m_request.oldNode, [this] { closeTray({}); });
        return;
    }
    const QString node = m_request.newNode.value("node-name").toString();
    run("blockdev-insert-medium", {{"id", m_request.device}, {"node-name", node}},
        [this, node](Result<> result) {
            if (result) {
                removeNode(m_request.oldNode, [this] { closeTray({}); });
                return;
            }
            const Error error = result.error();
            removeNode(node, [this, error] {
                if (m_request.oldNode.isEmpty()) {
                    closeTray(error);
                    return;
                }
                run("blockdev-insert-medium",
                    {{"id", m_request.device}, {"node-name", m_request.oldNode}},
                    [this, error](const Result<> &) { closeTray(error); });
            });
        });
}

void QemuMediumChange::closeTray(Result<> result)
{
    run("blockdev-close-tray", {{"id", m_request.device}},
        [this, result = std::move(result)](const Result<> &closed) {
            // The outcome is decided; an open tray is closed by the next guest that wants to.
            if (!closed)
                log(LogLevel::Debug, "qemu", closed.error().text());
            finish(result);
        });
}

void QemuMediumChange::removeNode(const QString &node, std::function<void()> then)
{
    if (node.isEmpty()) {
        then();
        return;
    }
    run("blockdev-del", {{"node-name", node}}, [then = std::move(then)](const Result<> &result) {
        if (!result)
            log(LogLevel::Warning, "qemu", result.error().text());
        then();
    });
}

void QemuMediumChange::run(const QString &command, const QJsonObject &arguments,
                           std::function<void(Result<>)> then)
{
    const QPointer<QemuMediumChange> self(this);
    m_qmp.execute(command, arguments, [self, then = std::move(then)](Result<QJsonValue> answer) {
        if (!self || !self->m_finished)
            return;
        then(answer ? Result<>() : Result<>(answer.error()));
    });
}

void QemuMediumChange::finish(Result<> result)
{
    const Finished finished = std::exchange(m_finished, {});
    deleteLater();
    if (finished)
        finished(std::move(result));
}

} // namespace engine
