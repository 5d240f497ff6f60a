// SPDX-License-Identifier: GPL-3.0-or-later
// A TPM played by swtpm, another process. Two sockets: a control channel, on which the machine says
// that it was switched on and asks for the state, and a data channel for commands, which it hands
// over by the former (swtpm(8), --ctrl; swtpm_ioctl(8); numbers and structures: swtpm's public
// header include/swtpm/tpm_ioctl.h). All big-endian.
//
// The process is not trusted to answer: sizes are bounded, waiting ends. Once it said what it must
// not, or went, the TPM is lost until the machine's next start.
//
// Threads: tpm_backend.h; open() and the destructor not on the io thread, which they wait for.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/host/tpm_backend.h"

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace engine {

class SwtpmBackend final : public TpmBackend, private PollSource
{
public:
    struct Settings
    {
        std::size_t bufferBytes = 0; // of the chip: no command and no response is longer
        // Told once, on the io thread, without a lock: it takes a note.
        std::function<void(const Error &)> lost;
        std::chrono::milliseconds patience{20000}; // for each answer on the control channel
    };
    // `control` is connected to swtpm; `io` outlives it. Switches the TPM on.
    static Result<std::shared_ptr<SwtpmBackend>> open(Fd control, PollLoop &io, Settings settings);
    ~SwtpmBackend() override; // switches it off

    void setReceiver(Receiver receiver) override;
    void submit(std::vector<std::uint8_t> command) override;
    void cancel() override;
    void powerCycle() override;
    bool isIdle() const override;
    Result<TpmState> save() override;
    Result<> restore(const TpmState &state) override;

private:
    struct Job // an empty command: a power cycle
    {
        std::vector<std::uint8_t> command;
    };
    enum class Under { Nothing, Command, PowerCycle };

    SwtpmBackend(Fd control, PollLoop &io, Settings settings);
    Result<> switchOn();
    Result<> openDataChannel();
    Result<> setBufferSize();
    Result<> initialize(std::uint32_t flags);
    Result<> setPart(std::uint32_t type, const TpmState::Part &part);
    Result<TpmState::Part> getPart(std::uint32_t type);

    // The control channel while nothing is on it; waits.
    Result<> ask(std::string_view what, std::span<const std::uint8_t> request,
                 std::span<std::uint8_t> answer);
    Result<> askForResult(std::string_view what, std::span<const std::uint8_t> request);
    Result<> sendAll(std::span<const std::uint8_t> bytes, int descriptor = -1);
    Result<> receiveAll(std::span<std::uint8_t> bytes);
    Result<> waitFor(short events);

    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;
    void wake();
    void begin();
    void sendData();
    void receiveData();
    void receiveControl();
    void lose(const std::string &why);
    void tell(std::unique_lock<std::mutex> &lock);

    PollLoop &m_io;
    const Settings m_settings;
    Receiver m_receiver; // the io thread's
    bool m_isOnLoop = false;

    mutable std::mutex m_mutex; // for all that follows
    Fd m_control;
    Fd m_data;
    std::deque<Job> m_jobs;
    Under m_under = Under::Nothing;
    std::vector<std::uint8_t> m_toSend; // the rest of a command
    std::vector<std::uint8_t> m_input; // of the response
    std::vector<std::uint8_t> m_result; // on the control channel
    bool m_isCancelWanted = false;
    bool m_isCancelAsked = false; // not answered yet
    bool m_isFresh = true; // switched on, and nothing was asked of it
    std::deque<std::vector<std::uint8_t>> m_responses; // for the receiver
    std::optional<Error> m_loss;
    bool m_isLossTold = false;
    int m_controlIndex = -1;
    int m_dataIndex = -1;
};

} // namespace engine
