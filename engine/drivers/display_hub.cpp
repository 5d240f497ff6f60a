// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/display_hub.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace engine {

// One screen and who looks at it. Locks: the screen holds its own when it calls, so this one is
// never held when it is called.
class DisplayHub::Monitor final : public FrameListener
{
public:
    void setScreen(FrameSource *newScreen);
    void add(ScreenView *view);
    void remove(ScreenView *view);
    void change(ScreenView &view, FrameListener *listener, bool isVisible);
    void setSizeWatcher(ScreenView &view, std::function<void()> watcher);

    FrameSource *screen = nullptr;
    Frame lastFrame; // while there is no screen

private:
    void frameDamaged(FrameRect damage) override;
    void frameResized() override;
    void cursorChanged() override;
    void sizeAbilityChanged();
    void lookOrNot();

    bool m_isLooking = false;
    std::mutex m_mutex; // held while listeners are called; for the rest
    std::vector<ScreenView *> m_views;
};

class DisplayHub::State final
{
public:
    void setTargets(const std::vector<FrameSource *> &screens, InputSink *newInput);
    void addInput(InputView *view);
    void removeInput(InputView *view);
    void setChanged(InputView &view, std::function<void()> changed);
    void setAgent(ConnectAgent connect);
    void wantAgent(SharedAgent *view);
    void leaveAgent(SharedAgent *view);
    void setGamepadPort(WantGamepad want);
    void plugGamepad(InputView *view);
    void moveGamepad(const InputView *view);
    void unplugGamepad(InputView *view);

    std::array<Monitor, MaxMonitors> monitors;
    InputSink *input = nullptr;

private:
    void inputChanged();
    void giveAgent();
    void gamepadChanged();

    WantGamepad m_wantGamepad;
    std::vector<InputView *> m_gamepads; // who has one; the last one's is the guest's
    ConnectAgent m_connectAgent;
    std::vector<SharedAgent *> m_agents; // who wants it; the last one has it
    std::mutex m_mutex; // held while listeners are called
    std::vector<InputView *> m_inputs;
};

class DisplayHub::ScreenView final : public FrameSource
{
public:
    ScreenView(std::shared_ptr<State> state, unsigned monitor)
        : m_state(std::move(state))
        , m_monitor(m_state->monitors.at(monitor))
    {
        m_monitor.add(this);
    }
    ~ScreenView() override { m_monitor.remove(this); }

    Frame frame() const override
    {
        return m_monitor.screen != nullptr ? m_monitor.screen->frame() : m_monitor.lastFrame;
    }
    CursorImage cursor() const override
    {
        return m_monitor.screen != nullptr ? m_monitor.screen->cursor() : CursorImage();
    }
    void setListener(FrameListener *value) override { m_monitor.change(*this, value, isVisible); }
    bool tellsWholePictures() const override
    {
        return m_monitor.screen == nullptr || m_monitor.screen->tellsWholePictures();
    }
    void setVisible(bool value) override { m_monitor.change(*this, listener, value); }

    bool takesSize() const override
    {
        return m_monitor.screen != nullptr && m_monitor.screen->takesSize();
    }
    void setSizeWatcher(std::function<void()> value) override
    {
        m_monitor.setSizeWatcher(*this, std::move(value));
    }
    void wantSize(int width, int height) override
    {
        if (m_monitor.screen != nullptr)
            m_monitor.screen->wantSize(width, height);
    }

    bool isLooking() const { return isVisible && listener != nullptr; }

    // Under the state's mutex, but read on the main thread.
    FrameListener *listener = nullptr;
    bool isVisible = true;
    std::function<void()> sizeWatcher;

private:
    const std::shared_ptr<State> m_state; // the monitor is in it
    Monitor &m_monitor;
};

class DisplayHub::InputView final : public InputSink
{
public:
    InputView(std::shared_ptr<State> state, unsigned monitor)
        : m_state(std::move(state))
        , m_monitor(monitor)
    {
        m_state->addInput(this);
    }
    ~InputView() override
    {
        m_state->removeInput(this);
        for (const ScanCode code : std::exchange(m_keys, {}))
            key(code, KeyMotion::Release);
        for (const PointerButton held : std::exchange(m_buttons, {}))
            button(held, KeyMotion::Release);
        m_state->unplugGamepad(this);
    }

    std::optional<LockLights> lockLights() const override
    {
        return m_state->input != nullptr ? m_state->input->lockLights() : std::nullopt;
    }
    void key(ScanCode code, KeyMotion motion) override
    {
        note(m_keys, code, motion);
        if (m_state->input != nullptr)
            m_state->input->key(code, motion);
    }
    void button(PointerButton which, KeyMotion motion) override
    {
        note(m_buttons, which, motion);
        if (m_state->input != nullptr)
            m_state->input->button(which, motion);
    }
    void position(int x, int y) override
    {
        if (m_state->input != nullptr)
            m_state->input->positionOn(m_monitor, x, y);
    }
    void motion(int dx, int dy) override
    {
        if (m_state->input != nullptr)
            m_state->input->motion(dx, dy);
    }
    PointerMode pointerMode() const override
    {
        return m_state->input != nullptr ? m_state->input->pointerMode() : PointerMode::Absolute;
    }
    void setLockLights(bool capsLock, bool numLock) override
    {
        if (m_state->input != nullptr)
            m_state->input->setLockLights(capsLock, numLock);
    }
    void plugGamepad(const std::string &name) override
    {
        gamepadName = name;
        m_state->plugGamepad(this);
    }
    void moveGamepad(const GamepadState &value) override
    {
        gamepad = value;
        m_state->moveGamepad(this);
    }
    void unplugGamepad() override
    {
        gamepad = {};
        m_state->unplugGamepad(this);
    }
    void setChangeListener(std::function<void()> value) override
    {
        m_state->setChanged(*this, std::move(value));
    }

    std::function<void()> changed; // under the state's mutex
    std::string gamepadName;
    GamepadState gamepad;

private:
    template <class T>
    static void note(std::set<T> &pressed, T what, KeyMotion motion)
    {
        if (motion == KeyMotion::Press)
            pressed.insert(what);
        else
            pressed.erase(what);
    }

    const std::shared_ptr<State> m_state;
    const unsigned m_monitor;
    std::set<ScanCode> m_keys; // pressed here
    std::set<PointerButton> m_buttons;
};

class DisplayHub::SharedAgent final : public AgentView
{
public:
    explicit SharedAgent(std::shared_ptr<State> state)
        : m_state(std::move(state))
    { }
    ~SharedAgent() override { m_state->leaveAgent(this); }

    void setTaker(Taker value) override
    {
        taker = std::move(value);
        if (taker)
            m_state->wantAgent(this);
        else
            m_state->leaveAgent(this);
    }

    Taker taker;

private:
    const std::shared_ptr<State> m_state;
};

void DisplayHub::State::setAgent(ConnectAgent connect)
{
    m_connectAgent = std::move(connect);
    giveAgent();
}

void DisplayHub::State::wantAgent(SharedAgent *view)
{
    std::erase(m_agents, view);
    m_agents.push_back(view);
    giveAgent();
}

void DisplayHub::State::leaveAgent(SharedAgent *view)
{
    const bool hadIt = !m_agents.empty() && m_agents.back() == view;
    std::erase(m_agents, view);
    if (hadIt)
        giveAgent();
}

void DisplayHub::State::giveAgent()
{
    if (!m_connectAgent || m_agents.empty())
        return;
    Fd stream = m_connectAgent();
    if (stream.isOpen())
        m_agents.back()->taker(std::move(stream));
}

void DisplayHub::State::setGamepadPort(WantGamepad want)
{
    m_wantGamepad = std::move(want);
    if (!m_gamepads.empty())
        gamepadChanged();
}

void DisplayHub::State::plugGamepad(InputView *view)
{
    std::erase(m_gamepads, view);
    m_gamepads.push_back(view);
    gamepadChanged();
}

void DisplayHub::State::moveGamepad(const InputView *view)
{
    if (input != nullptr && !m_gamepads.empty() && m_gamepads.back() == view)
        input->moveGamepad(view->gamepad);
}

void DisplayHub::State::unplugGamepad(InputView *view)
{
    if (std::erase(m_gamepads, view) != 0)
        gamepadChanged();
}

void DisplayHub::State::gamepadChanged()
{
    const InputView *const view = m_gamepads.empty() ? nullptr : m_gamepads.back();
    if (input != nullptr)
        input->moveGamepad(view != nullptr ? view->gamepad : GamepadState());
    if (m_wantGamepad)
        m_wantGamepad(view != nullptr ? std::optional(view->gamepadName) : std::nullopt);
}

void DisplayHub::State::setTargets(const std::vector<FrameSource *> &screens, InputSink *newInput)
{
    if (input != nullptr)
        input->setChangeListener({});
    input = newInput;
    for (std::size_t i = 0; i < monitors.size(); ++i)
        monitors[i].setScreen(i < screens.size() ? screens[i] : nullptr);
    if (input != nullptr) {
        input->setChangeListener([this] { inputChanged(); });
        inputChanged();
    }
}

void DisplayHub::State::addInput(InputView *view)
{
    const std::lock_guard lock(m_mutex);
    m_inputs.push_back(view);
}

void DisplayHub::State::removeInput(InputView *view)
{
    const std::lock_guard lock(m_mutex);
    std::erase(m_inputs, view);
}

void DisplayHub::State::setChanged(InputView &view, std::function<void()> changed)
{
    const std::lock_guard lock(m_mutex);
    view.changed = std::move(changed);
}

void DisplayHub::Monitor::setScreen(FrameSource *newScreen)
{
    if (screen == nullptr && newScreen == nullptr)
        return;
    if (screen != nullptr) {
        screen->setListener(nullptr);
        screen->setSizeWatcher({});
        // What is only lent is gone with its owner.
        lastFrame = screen->frame();
        if (!lastFrame.keepAlive)
            lastFrame = {};
    }
    screen = newScreen;
    m_isLooking = false;
    if (screen != nullptr) {
        lastFrame = {};
        screen->setVisible(false);
        lookOrNot();
        frameResized();
        screen->setSizeWatcher([this] { sizeAbilityChanged(); });
    }
    sizeAbilityChanged();
}

void DisplayHub::Monitor::add(ScreenView *view)
{
    const std::lock_guard lock(m_mutex);
    m_views.push_back(view);
}

void DisplayHub::Monitor::remove(ScreenView *view)
{
    {
        const std::lock_guard lock(m_mutex);
        std::erase(m_views, view);
    }
    lookOrNot();
}

void DisplayHub::Monitor::change(ScreenView &view, FrameListener *listener, bool isVisible)
{
    {
        const std::lock_guard lock(m_mutex);
        const bool wasLooking = view.isLooking();
        view.listener = listener;
        view.isVisible = isVisible;
        // Others look already, so the screen does not begin anew for this one.
        if (m_isLooking && view.isLooking() && !wasLooking)
            listener->frameResized();
    }
    lookOrNot();
}

void DisplayHub::Monitor::lookOrNot()
{
    bool isWanted = false;
    {
        const std::lock_guard lock(m_mutex);
        for (const ScreenView *const view : m_views)
            isWanted = isWanted || view->isLooking();
    }
    if (screen == nullptr || isWanted == m_isLooking)
        return;
    m_isLooking = isWanted;
    screen->setVisible(isWanted);
    screen->setListener(isWanted ? this : nullptr);
}

void DisplayHub::Monitor::setSizeWatcher(ScreenView &view, std::function<void()> watcher)
{
    const std::lock_guard lock(m_mutex);
    view.sizeWatcher = std::move(watcher);
}

void DisplayHub::Monitor::sizeAbilityChanged()
{
    const std::lock_guard lock(m_mutex);
    for (const ScreenView *const view : m_views) {
        if (view->sizeWatcher)
            view->sizeWatcher();
    }
}

void DisplayHub::Monitor::frameDamaged(FrameRect damage)
{
    const std::lock_guard lock(m_mutex);
    for (const ScreenView *const view : m_views) {
        if (view->isLooking())
            view->listener->frameDamaged(damage);
    }
}

void DisplayHub::Monitor::frameResized()
{
    const std::lock_guard lock(m_mutex);
    for (const ScreenView *const view : m_views) {
        if (view->isLooking())
            view->listener->frameResized();
    }
}

void DisplayHub::Monitor::cursorChanged()
{
    const std::lock_guard lock(m_mutex);
    for (const ScreenView *const view : m_views) {
        if (view->isLooking())
            view->listener->cursorChanged();
    }
}

void DisplayHub::State::inputChanged()
{
    const std::lock_guard lock(m_mutex);
    for (const InputView *const view : m_inputs) {
        if (view->changed)
            view->changed();
    }
}

DisplayHub::DisplayHub()
    : m_state(std::make_shared<State>())
{ }

DisplayHub::~DisplayHub()
{
    setTargets(nullptr, nullptr);
    setAgent({});
    setGamepadPort({});
}

void DisplayHub::setAgent(ConnectAgent connect)
{
    m_state->setAgent(std::move(connect));
}

void DisplayHub::setGamepadPort(WantGamepad want)
{
    m_state->setGamepadPort(std::move(want));
}

void DisplayHub::setTargets(FrameSource *screen, InputSink *input)
{
    m_state->setTargets({screen}, input);
}

void DisplayHub::setTargets(const std::vector<FrameSource *> &screens, InputSink *input)
{
    m_state->setTargets(screens, input);
}

DisplayHub::View DisplayHub::makeView(unsigned monitor)
{
    return {std::make_unique<ScreenView>(m_state, monitor),
            std::make_unique<InputView>(m_state, monitor), std::make_unique<SharedAgent>(m_state)};
}

} // namespace engine
