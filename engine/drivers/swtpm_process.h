// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's TPM: one swtpm as a child, on a Unix socket that QEMU or the built-in engine connects
// to. Its state is in
// `<machine folder>/tpm` and made ("manufactured": endorsement keys and, where this computer can
// issue them, their certificates) by swtpm_setup at the first start. The child dies with this
// process and ends when that connection does. swtpm(8), swtpm_setup(8).
//
// Main thread only, which must live as long as the process (PR_SET_PDEATHSIG is per thread).
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QObject>
#include <QtCore/QStringList>

#include <functional>

class QProcess;

namespace engine {

struct TpmRequest
{
    TpmModel model = TpmModel::Tpm20;
    QString machineFolder;
    QUuid machine;
    QString socketPath; // QEMU or connectTo() connects here, once
    QString authorityFolder; // of the user's own certificate authority; made when missing
};

// What swtpm needs to be there; NotFound names the packages.
Result<> checkTpmPrograms();

class SwtpmProcess final : public QObject
{
    Q_OBJECT
public:
    using Ready = std::function<void(Result<>)>;

    explicit SwtpmProcess(QObject *parent = nullptr);
    ~SwtpmProcess() override; // kills and reaps

    // `ready` is called once, later: who uses it may connect then.
    void start(const TpmRequest &request, Ready ready);
    Result<Fd> connectTo() const; // after that
    bool isRunning() const;
    qint64 processId() const;

signals:
    // After ready(): "was killed by signal 9 (Killed)", with what it last said.
    void ended(const QString &how);

private:
    void manufacture(bool withCertificates);
    Result<> takeState();
    Result<> launch();
    void answer(Result<> result);
    void readOutput();
    QString lastWords() const;

    TpmRequest m_request;
    Ready m_ready;
    QProcess *m_process;
    Fd m_listener;
    QStringList m_lines;
    bool m_hasLaunched = false;
};

} // namespace engine
