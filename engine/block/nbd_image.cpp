// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/nbd_image.h"

#include "engine/base/log.h"
#include "engine/block/nbd_request.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include <libnbd.h>

namespace engine {

namespace {

constexpr std::uint64_t SectorBytes = 512;
// Of what a dying server would take along: where it is flushed, and where changes wait for that.
constexpr std::uint64_t FlushedBytes = 32u << 20;
constexpr std::uint64_t MostUnflushedBytes = 64u << 20;

struct CloseHandle
{
    void operator()(nbd_handle *handle) const { nbd_close(handle); }
};
using Handle = std::unique_ptr<nbd_handle, CloseHandle>;

std::string lastError()
{
    const char *const text = nbd_get_error();
    return text ? text : "unknown error";
}

NbdExportFacts factsOf(nbd_handle *handle)
{
    return {.sizeBytes =
                std::uint64_t(std::max<std::int64_t>(nbd_get_size(handle), 0)) & ~(SectorBytes - 1),
            .isReadOnly = nbd_is_read_only(handle) > 0,
            .canFlush = nbd_can_flush(handle) > 0,
            .canTrim = nbd_can_trim(handle) > 0,
            .canZero = nbd_can_zero(handle) > 0};
}

Result<Handle> beginConnecting(const NbdImageOptions &options)
{
    Handle handle(nbd_create());
    if (!handle || nbd_set_export_name(handle.get(), options.exportName.c_str()) != 0
        || nbd_set_pread_initialize(handle.get(), false) != 0
        || nbd_aio_connect_unix(handle.get(), options.socketPath.c_str()) != 0)
        return Error(ErrorKind::Io, lastError());
    return handle;
}

bool isLost(nbd_handle *handle)
{
    return nbd_aio_is_dead(handle) != 0 || nbd_aio_is_closed(handle) != 0;
}

} // namespace

class NbdImage::Connection final : public PollSource, public NbdAnswers
{
public:
    Connection(NbdImageOptions options, PollLoop &io, Handle handle)
        : m_options(std::move(options))
        , m_io(io)
        , m_handle(std::move(handle))
        , m_facts(factsOf(m_handle.get()))
    { }
    ~Connection() override { check(m_count == 0, "an image is closed while it is in use"); }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    void submit(BlockRequest request);
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

    const NbdImageOptions &options() const { return m_options; }
    const NbdExportFacts &facts() const { return m_facts; }
    void noteAnswer(NbdRequest &request, int error) override
    {
        m_answers.push_back({&request, error});
    }
    void refuse(BlockRequest request, ErrorKind kind, std::string why);

private:
    struct Answer
    {
        NbdRequest *request;
        int error;
    };

    void takeSubmitted();
    void sendAll();
    bool sendOne(std::unique_ptr<NbdRequest> request);
    void repeatNext();
    void keep(NbdRequest &request);
    void deliver();
    void handleLoss(const std::string &why);
    void reconnect();
    void finishConnecting();
    void failAll(std::string why);
    void finish(NbdRequest *request, Result<> result);
    Error failure(BlockOperation operation, ErrorKind kind, const std::string &why) const;

    const NbdImageOptions m_options;
    PollLoop &m_io;
    Handle m_handle; // null: lost, and nobody waits for another one
    const NbdExportFacts m_facts;
    std::optional<PollClock::time_point> m_deadline; // connecting again, until then
    std::optional<PollClock::time_point> m_nextAttempt; // the last one was refused
    std::string m_loss; // why the connection was lost
    std::deque<std::unique_ptr<NbdRequest>> m_next; // to be sent
    std::vector<std::unique_ptr<NbdRequest>> m_sent;
    UnflushedChanges m_unflushed;
    std::optional<std::uint64_t> m_repeated; // of those, while a new server is asked again
    bool m_isRepeating = false; // one is on its way
    std::optional<std::string> m_repetitionError;
    bool m_isFlushing = false; // of our own accord
    std::vector<Answer> m_answers; // from within libnbd, which must not be called back
    int m_pollIndex = -1;

    std::mutex m_mutex; // for the two below
    std::vector<std::unique_ptr<NbdRequest>> m_submitted;
    bool m_isWakeUpPosted = false;
    std::atomic<unsigned> m_count = 0; // not answered
};

Error NbdImage::Connection::failure(BlockOperation operation, ErrorKind kind,
                                    const std::string &why) const
{
    Error error = Error(kind, why).context((operation == BlockOperation::Read
                                                ? "Cannot read from the disk image \""
                                                : "Cannot write to the disk image \"")
                                           + m_options.label + "\"");
    if (kind == ErrorKind::NoSpace)
        return std::move(error).withRemedy("Free space where the image is");
    return error;
}

void NbdImage::Connection::refuse(BlockRequest request, ErrorKind kind, std::string why)
{
    Error error = failure(request.operation, kind, why);
    m_io.post([completed = std::move(request.completed), error = std::move(error)] {
        completed(Error(error));
    });
}

void NbdImage::Connection::submit(BlockRequest request)
{
    ++m_count;
    bool isWakeUpWanted = false;
    {
        const std::lock_guard lock(m_mutex);
        m_submitted.push_back(std::make_unique<NbdRequest>(*this, std::move(request)));
        if (!m_isWakeUpPosted && !m_io.isOwnThread())
            isWakeUpWanted = m_isWakeUpPosted = true;
    }
    if (isWakeUpWanted)
        m_io.post([] {}); // preparePoll() follows
}

void NbdImage::Connection::takeSubmitted()
{
    const std::lock_guard lock(m_mutex);
    m_isWakeUpPosted = false;
    std::move(m_submitted.begin(), m_submitted.end(), std::back_inserter(m_next));
    m_submitted.clear();
}

void NbdImage::Connection::finish(NbdRequest *request, Result<> result)
{
    const auto at = std::find_if(m_sent.begin(), m_sent.end(),
                                 [&](const auto &each) { return each.get() == request; });
    const std::unique_ptr<NbdRequest> owned = std::move(*at);
    std::swap(*at, m_sent.back());
    m_sent.pop_back();
    if (owned->origin() == NbdRequest::Origin::Guest)
        --m_count;
    owned->complete(std::move(result));
}

void NbdImage::Connection::sendAll()
{
    if (m_repeated && m_handle && !m_deadline)
        repeatNext();
    if (m_repetitionError)
        failAll("What was written lately cannot be written again: " + *m_repetitionError);
    while (!m_next.empty() && m_handle && !m_deadline && !m_repeated) {
        if (m_isFlushing && m_next.front()->isChange() && m_unflushed.bytes() >= MostUnflushedBytes)
            break;
        std::unique_ptr<NbdRequest> request = std::move(m_next.front());
        m_next.pop_front();
        if (!sendOne(std::move(request)))
            break;
    }
}

// False: the connection is lost.
bool NbdImage::Connection::sendOne(std::unique_ptr<NbdRequest> owned)
{
    NbdRequest *const request = owned.get();
    m_sent.push_back(std::move(owned));
    if (request->operation() == BlockOperation::Flush)
        request->setCovered(m_unflushed.end());
    if (request->isNothing(m_facts)) {
        finish(request, {});
    } else if (!request->send(m_handle.get(), m_facts)) {
        const std::string why = lastError();
        if (isLost(m_handle.get())) {
            handleLoss(why);
            return false;
        }
        finish(request, failure(request->operation(), ErrorKind::Io, why));
    }
    return true;
}

// One after the other: later changes may be to the same place.
void NbdImage::Connection::repeatNext()
{
    while (!m_isRepeating && !m_repetitionError) {
        if (*m_repeated == m_unflushed.end()) {
            m_repeated.reset();
            return;
        }
        UnflushedChanges::Change &change = m_unflushed.at(*m_repeated);
        BlockRequest request{
            .operation = change.operation, .offset = change.offset, .length = change.length};
        if (!change.data.empty())
            request.buffers = {{change.data.data(), change.data.size()}};
        request.completed = [this](Result<> result) {
            m_isRepeating = false;
            if (result)
                ++*m_repeated;
            else
                m_repetitionError = result.error().message();
        };
        m_isRepeating = true;
        if (!sendOne(std::make_unique<NbdRequest>(*this, std::move(request),
                                                  NbdRequest::Origin::Repetition)))
            return;
    }
}

// What was answered is not safe before a flush.
void NbdImage::Connection::keep(NbdRequest &request)
{
    if (!m_facts.canFlush || !request.isChange()
        || request.origin() == NbdRequest::Origin::Repetition)
        return;
    m_unflushed.add(request.takePiece());
    if (m_isFlushing || m_unflushed.bytes() < FlushedBytes)
        return;
    m_isFlushing = true;
    BlockRequest flush{.operation = BlockOperation::Flush};
    flush.completed = [this](const Result<> &) { m_isFlushing = false; };
    m_next.push_front(
        std::make_unique<NbdRequest>(*this, std::move(flush), NbdRequest::Origin::Housekeeping));
}

// What libnbd answered while it was called.
void NbdImage::Connection::deliver()
{
    const bool wasLost = isLost(m_handle.get());
    const std::vector<Answer> answers = std::exchange(m_answers, {});
    for (const auto &[request, error] : answers) {
        if (error != 0) {
            if (wasLost)
                continue; // asked again below
            const ErrorKind kind = error == ENOSPC ? ErrorKind::NoSpace : ErrorKind::Io;
            finish(request, failure(request->operation(), kind, std::strerror(error)));
            continue;
        }
        keep(*request);
        if (request->pieceDone()) {
            if (request->operation() == BlockOperation::Flush)
                m_unflushed.forgetBefore(request->covered());
            finish(request, {});
        } else if (wasLost || !request->send(m_handle.get(), m_facts)) {
            if (!wasLost && !isLost(m_handle.get()))
                finish(request, failure(request->operation(), ErrorKind::Io, lastError()));
        }
    }
    if (isLost(m_handle.get()))
        handleLoss("The program that serves it has ended");
}

void NbdImage::Connection::handleLoss(const std::string &why)
{
    log(LogLevel::Warning, "disk", "The connection to \"" + m_options.label + "\" is lost: " + why);
    m_loss = why;
    m_handle.reset();
    m_answers.clear();
    std::erase_if(m_sent, [](const std::unique_ptr<NbdRequest> &request) {
        return request->origin() == NbdRequest::Origin::Repetition;
    });
    m_repeated.reset();
    m_isRepeating = false;
    m_repetitionError.reset();
    // The older ones first.
    std::move(m_sent.rbegin(), m_sent.rend(), std::front_inserter(m_next));
    m_sent.clear();
    m_deadline = PollClock::now() + m_options.patience;
    reconnect();
}

void NbdImage::Connection::reconnect()
{
    m_nextAttempt.reset();
    Result<Handle> handle = beginConnecting(m_options);
    if (handle) {
        m_handle = *std::move(handle);
        return;
    }
    constexpr std::chrono::milliseconds Pause(100);
    m_nextAttempt = PollClock::now() + Pause;
}

void NbdImage::Connection::finishConnecting()
{
    if (isLost(m_handle.get())) {
        constexpr std::chrono::milliseconds Pause(100);
        m_loss = lastError();
        m_handle.reset();
        m_nextAttempt = PollClock::now() + Pause;
    } else if (nbd_aio_is_ready(m_handle.get()) != 0) {
        if (factsOf(m_handle.get()) != m_facts) {
            m_handle.reset();
            return failAll("The program that serves it now has another image");
        }
        log(LogLevel::Info, "disk", "\"" + m_options.label + "\" is served again");
        m_deadline.reset();
        if (!m_unflushed.isEmpty())
            m_repeated = m_unflushed.first();
    }
}

void NbdImage::Connection::failAll(std::string why)
{
    m_deadline.reset();
    m_nextAttempt.reset();
    m_handle.reset();
    m_repeated.reset();
    m_isRepeating = false;
    m_repetitionError.reset();
    // Who is told may submit again.
    const std::size_t count = m_next.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::unique_ptr<NbdRequest> request = std::move(m_next.front());
        m_next.pop_front();
        if (request->origin() == NbdRequest::Origin::Guest)
            --m_count;
        request->complete(failure(request->operation(), ErrorKind::Io, why));
    }
}

void NbdImage::Connection::preparePoll(PollSet &set)
{
    takeSubmitted();
    if (!m_handle && !m_deadline && !m_next.empty()) {
        m_deadline = PollClock::now() + m_options.patience;
        reconnect();
    }
    sendAll();
    m_pollIndex = -1;
    if (m_deadline)
        set.wakeBy(*m_deadline);
    if (m_nextAttempt)
        set.wakeBy(*m_nextAttempt);
    if (!m_answers.empty())
        set.wakeBy(PollClock::now());
    if (!m_handle)
        return;
    const unsigned direction = nbd_aio_get_direction(m_handle.get());
    const int events = ((direction & LIBNBD_AIO_DIRECTION_READ) != 0 ? POLLIN : 0)
        | ((direction & LIBNBD_AIO_DIRECTION_WRITE) != 0 ? POLLOUT : 0);
    const int descriptor = nbd_aio_get_fd(m_handle.get());
    if (descriptor >= 0)
        m_pollIndex = set.add(descriptor, short(events));
}

void NbdImage::Connection::handlePoll(const PollSet &set)
{
    const short events = set.revents(m_pollIndex);
    if (m_handle && (events != 0 || !m_answers.empty())) {
        const unsigned direction = nbd_aio_get_direction(m_handle.get());
        // Failure shows in the handle's state.
        if ((events & (POLLIN | POLLHUP | POLLERR)) != 0
            && (direction & LIBNBD_AIO_DIRECTION_READ) != 0)
            nbd_aio_notify_read(m_handle.get());
        else if ((events & (POLLOUT | POLLHUP | POLLERR)) != 0
                 && (direction & LIBNBD_AIO_DIRECTION_WRITE) != 0)
            nbd_aio_notify_write(m_handle.get());
        if (m_deadline)
            finishConnecting();
        else
            deliver();
    }
    if (!m_deadline)
        return;
    if (PollClock::now() >= *m_deadline)
        failAll(m_loss);
    else if (m_nextAttempt && PollClock::now() >= *m_nextAttempt)
        reconnect();
}

NbdImage::NbdImage(PollLoop &io, std::shared_ptr<Connection> connection)
    : m_io(io)
    , m_connection(std::move(connection))
{
    m_io.post([&io, added = m_connection] { io.add(added.get()); });
}

NbdImage::~NbdImage()
{
    // Maybe from within the connection's own callback, so it goes later.
    m_io.post([&io = m_io, connection = m_connection] { io.remove(connection.get()); });
}

Result<std::unique_ptr<NbdImage>> NbdImage::open(const NbdImageOptions &options, PollLoop &io)
{
    const auto refuse = [&](ErrorKind kind, const std::string &why) {
        return Error(kind, why).context("Cannot open the disk image \"" + options.label + "\"");
    };
    const auto deadline = PollClock::now() + options.patience;
    Result<Handle> connecting = beginConnecting(options);
    if (!connecting)
        return refuse(connecting.error().kind(), connecting.error().text());
    Handle handle = *std::move(connecting);
    while (nbd_aio_is_ready(handle.get()) == 0) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - PollClock::now());
        if (left.count() <= 0)
            return refuse(ErrorKind::Io,
                          "The program that serves it has not answered for "
                              + std::to_string(options.patience.count() / 1000) + " seconds");
        if (nbd_poll(handle.get(), int(left.count())) < 0 || isLost(handle.get()))
            return refuse(ErrorKind::Io, lastError());
    }
    const NbdExportFacts facts = factsOf(handle.get());
    if (facts.sizeBytes == 0)
        return refuse(ErrorKind::Invalid, "It is empty");
    if (facts.isReadOnly && !options.isReadOnly)
        return refuse(ErrorKind::Denied, "It is served for reading only");
    return std::unique_ptr<NbdImage>(
        new NbdImage(io, std::make_shared<Connection>(options, io, std::move(handle))));
}

std::uint64_t NbdImage::sizeBytes() const
{
    return m_connection->facts().sizeBytes;
}

bool NbdImage::isReadOnly() const
{
    return m_connection->options().isReadOnly;
}

bool NbdImage::canDiscard() const
{
    return !isReadOnly() && m_connection->facts().canTrim;
}

void NbdImage::submit(BlockRequest request)
{
    const bool isFlush = request.operation == BlockOperation::Flush;
    const bool isChange = !isFlush && request.operation != BlockOperation::Read;
    if (isChange && isReadOnly())
        return m_connection->refuse(std::move(request), ErrorKind::Denied, "It is read-only");
    if (!isFlush && (request.offset > sizeBytes() || request.length > sizeBytes() - request.offset))
        return m_connection->refuse(std::move(request), ErrorKind::Invalid,
                                    "It ends before that place");
    m_connection->submit(std::move(request));
}

} // namespace engine
