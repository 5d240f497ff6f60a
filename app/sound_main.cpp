// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-sound: switches off and on what another program plays and records, by muting its streams
// at the sound server. A program of its own, so that libpulse and what it loads is in no machine's
// process. https://freedesktop.org/software/pulseaudio/doxygen/
//
// Writes "ready" when the sound server answers. Then each line on its standard input
//   PROCESS-ID on|off on|off
// says what is heard of that process from now on, and what it hears; streams that it opens later
// are switched as they come. Writes "done" for each. A person who changes a stream in a mixer is
// left alone. Ends with its input; with 1 and a sentence when the sound server goes.
//
// With `--streams DESCRIPTOR` it plays and records itself instead (app/sound_streams.h).
#include "app/sound_streams.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <pulse/pulseaudio.h>
#include <unistd.h>

namespace {

constexpr std::size_t LongestInput = 4096;

struct Wish
{
    long processId = 0;
    bool isOutputOn = true;
    bool isInputOn = true;
};

void say(std::string_view line)
{
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
        std::exit(0); // nobody listens any more
}

std::string_view nextWord(std::string_view &line)
{
    const std::size_t end = line.find(' ');
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return word;
}

bool parseWish(std::string_view line, Wish &wish)
{
    const std::string_view number = nextWord(line);
    const auto read = std::from_chars(number.data(), number.data() + number.size(), wish.processId);
    const std::string_view output = nextWord(line);
    const std::string_view input = nextWord(line);
    const auto isSwitch = [](std::string_view word) { return word == "on" || word == "off"; };
    wish.isOutputOn = output == "on";
    wish.isInputOn = input == "on";
    return read.ec == std::errc() && read.ptr == number.data() + number.size() && wish.processId > 0
        && isSwitch(output) && isSwitch(input) && line.empty();
}

class Switch final
{
public:
    explicit Switch(pa_mainloop_api &loop)
        : m_loop(loop)
        , m_context(pa_context_new(&loop, "Vitrine"))
    {
        pa_context_set_state_callback(m_context, stateChanged, this);
        pa_context_set_subscribe_callback(m_context, streamChanged, this);
    }
    Switch(const Switch &) = delete;
    Switch &operator=(const Switch &) = delete;
    ~Switch()
    {
        pa_context_set_state_callback(m_context, nullptr, nullptr);
        pa_context_set_subscribe_callback(m_context, nullptr, nullptr);
        pa_context_disconnect(m_context);
        pa_context_unref(m_context);
    }

    bool connect()
    {
        return pa_context_connect(m_context, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr) >= 0;
    }
    const char *error() const { return pa_strerror(pa_context_errno(m_context)); }

    void readInput(int descriptor)
    {
        std::array<char, 512> piece{};
        const ssize_t count = ::read(descriptor, piece.data(), piece.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (count <= 0) {
            m_loop.quit(&m_loop, 0);
            return;
        }
        m_input.append(piece.data(), std::size_t(count));
        for (std::size_t end = 0; (end = m_input.find('\n')) != std::string::npos;) {
            takeLine(std::string_view(m_input).substr(0, end));
            m_input.erase(0, end + 1);
        }
        if (m_input.size() > LongestInput)
            m_loop.quit(&m_loop, 2);
    }

private:
    // A walk through the streams of now, and what it changes; "done" when all of it is.
    void takeLine(std::string_view line)
    {
        Wish wish;
        if (!parseWish(line, wish)) {
            std::fprintf(stderr, "\"%.*s\" is no command\n", int(line.size()), line.data());
            m_loop.quit(&m_loop, 2);
            return;
        }
        m_wish = wish;
        ++m_walks;
        if (m_isReady)
            walk();
    }

    void walk()
    {
        begin(pa_context_get_sink_input_info_list(m_context, outputListed, this));
        begin(pa_context_get_source_output_info_list(m_context, inputListed, this));
        sayIfDone();
    }

    void begin(pa_operation *operation)
    {
        if (operation == nullptr)
            return;
        ++m_pending;
        pa_operation_unref(operation);
    }

    void end()
    {
        --m_pending;
        sayIfDone();
    }

    void sayIfDone()
    {
        for (; m_pending == 0 && m_walks > 0; --m_walks)
            say("done\n");
    }

    bool isWatched(pa_proplist *properties) const
    {
        const char *const text = pa_proplist_gets(properties, PA_PROP_APPLICATION_PROCESS_ID);
        return m_wish.processId > 0 && text != nullptr && std::to_string(m_wish.processId) == text;
    }

    static void changed(pa_context *, int, void *self) { static_cast<Switch *>(self)->end(); }

    void outputFound(const pa_sink_input_info &stream)
    {
        if (isWatched(stream.proplist) && (stream.mute != 0) == m_wish.isOutputOn)
            begin(pa_context_set_sink_input_mute(m_context, stream.index, m_wish.isOutputOn ? 0 : 1,
                                                 changed, this));
    }

    void inputFound(const pa_source_output_info &stream)
    {
        if (isWatched(stream.proplist) && (stream.mute != 0) == m_wish.isInputOn)
            begin(pa_context_set_source_output_mute(m_context, stream.index,
                                                    m_wish.isInputOn ? 0 : 1, changed, this));
    }

    // An answer's end has no stream; one that failed is one of a stream that is gone.
    static void outputListed(pa_context *, const pa_sink_input_info *stream, int isEnd, void *self)
    {
        auto *const that = static_cast<Switch *>(self);
        if (isEnd != 0)
            that->end();
        else if (stream != nullptr)
            that->outputFound(*stream);
    }

    static void inputListed(pa_context *, const pa_source_output_info *stream, int isEnd,
                            void *self)
    {
        auto *const that = static_cast<Switch *>(self);
        if (isEnd != 0)
            that->end();
        else if (stream != nullptr)
            that->inputFound(*stream);
    }

    static void streamChanged(pa_context *context, pa_subscription_event_type_t event,
                              std::uint32_t index, void *self)
    {
        auto *const that = static_cast<Switch *>(self);
        if ((event & PA_SUBSCRIPTION_EVENT_TYPE_MASK) != PA_SUBSCRIPTION_EVENT_NEW)
            return;
        const auto facility = event & PA_SUBSCRIPTION_EVENT_FACILITY_MASK;
        if (facility == PA_SUBSCRIPTION_EVENT_SINK_INPUT)
            that->begin(pa_context_get_sink_input_info(context, index, outputListed, self));
        else if (facility == PA_SUBSCRIPTION_EVENT_SOURCE_OUTPUT)
            that->begin(pa_context_get_source_output_info(context, index, inputListed, self));
    }

    static void subscribed(pa_context *, int isGood, void *self)
    {
        auto *const that = static_cast<Switch *>(self);
        --that->m_pending;
        if (isGood != 0) {
            that->m_isReady = true;
            say("ready\n");
            if (that->m_walks > 0)
                that->walk(); // somebody was quick
            return;
        }
        std::fprintf(stderr, "The sound server does not tell of its streams: %s\n", that->error());
        that->m_loop.quit(&that->m_loop, 1);
    }

    static void stateChanged(pa_context *context, void *self)
    {
        auto *const that = static_cast<Switch *>(self);
        const pa_context_state_t state = pa_context_get_state(context);
        if (state == PA_CONTEXT_READY) {
            const auto mask = pa_subscription_mask_t(PA_SUBSCRIPTION_MASK_SINK_INPUT
                                                     | PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT);
            that->begin(pa_context_subscribe(context, mask, subscribed, self));
        } else if (!PA_CONTEXT_IS_GOOD(state)) {
            std::fprintf(stderr, "The sound server ended the connection: %s\n", that->error());
            that->m_loop.quit(&that->m_loop, 1);
        }
    }

    pa_mainloop_api &m_loop;
    pa_context *const m_context;
    Wish m_wish;
    std::string m_input;
    bool m_isReady = false;
    int m_pending = 0; // answers of the server's
    int m_walks = 0; // to be answered
};

} // namespace

int main(int count, char **words)
{
    std::signal(SIGPIPE, SIG_IGN);
    if (int socket = -1; count == 3 && std::string_view(words[1]) == "--streams") {
        const std::string_view number = words[2];
        const auto read = std::from_chars(number.data(), number.data() + number.size(), socket);
        if (read.ec == std::errc() && read.ptr == number.data() + number.size() && socket >= 0)
            return engine::runSoundStreams(socket);
    }
    if (count != 1) {
        std::fprintf(stderr, "usage: %s [--streams DESCRIPTOR]\n", words[0]);
        return 2;
    }
    pa_mainloop *const loop = pa_mainloop_new();
    int result = 1;
    {
        pa_mainloop_api *const api = pa_mainloop_get_api(loop);
        Switch sound(*api);
        pa_io_event *const input = api->io_new(
            api, STDIN_FILENO, PA_IO_EVENT_INPUT,
            [](pa_mainloop_api *, pa_io_event *, int descriptor, pa_io_event_flags_t, void *self) {
                static_cast<Switch *>(self)->readInput(descriptor);
            },
            &sound);
        if (sound.connect())
            pa_mainloop_run(loop, &result);
        else
            std::fprintf(stderr, "No sound server answers: %s\n", sound.error());
        api->io_free(input);
    }
    pa_mainloop_free(loop);
    return result;
}
