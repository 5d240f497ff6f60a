// SPDX-License-Identifier: GPL-3.0-or-later
// The machine window with an agent in its guest.
#include "tests/support/console_fixture.h"
#include "ui/message_bar.h"

#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QClipboard>
#include <QtGui/QDropEvent>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolButton>

using display::ClipFormat;
using engine::SharingMode;
using fakes::ConsoleFixture;
using fakes::FakeGuestLink;

namespace {

struct Console : ConsoleFixture
{
    bool start(SharingMode clipboard, SharingMode dragAndDrop)
    {
        open();
        engine::check(machine.session().setSharing(clipboard, dragAndDrop).has_value(),
                      "the modes could not be set");
        show();
        return QTest::qWaitFor([this] {
            return isReady() && view().guestSize() == guestSize && window->isActiveWindow();
        });
    }
    FakeGuestLink &link() const { return screen->link; }
    QAction *mode(const char *menu, const char *name) const
    {
        return find<QMenu>(menu)->findChild<QAction *>(QString::fromLatin1(name));
    }
    QString clipboardText() const { return find<QToolButton>("clipboardState")->text(); }
    QWidget *notice() const { return find<QWidget>("fileDrop"); }
    QPushButton *noticeButton(const char *name) const
    {
        return notice() == nullptr ? nullptr
                                   : notice()->findChild<QPushButton *>(QString::fromLatin1(name));
    }
    // As the desktop sends it to the window; true when it would be taken.
    bool drop(const QStringList &paths) const
    {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString &path : paths)
            urls.append(QUrl::fromLocalFile(path));
        data.setUrls(urls);
        QWidget *target = view().parentWidget();
        while (target != nullptr && !target->acceptDrops())
            target = target->parentWidget();
        if (target == nullptr)
            return false;
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction | Qt::MoveAction, &data,
                              Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target, &enter);
        if (!enter.isAccepted())
            return false;
        QDropEvent event(QPointF(10, 10), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton,
                         Qt::NoModifier);
        QCoreApplication::sendEvent(target, &event);
        return event.isAccepted() && event.dropAction() == Qt::CopyAction;
    }
};

QString fileNamed(const QTemporaryDir &folder, const QString &name)
{
    QFile file(folder.filePath(name));
    engine::check(file.open(QIODevice::WriteOnly) && file.write("words") == 5, "no file");
    return file.fileName();
}

} // namespace

class TestGuestServices final : public QObject
{
    Q_OBJECT
private slots:
    void theClipboardSwitchIsSeenAndTurned();
    void theFocusedWindowSharesTheClipboard();
    void theGuestFollowsTheWindow();
    void withoutAnAgentTheWindowFollowsTheGuest();
    void theChoiceNotToResizeIsKept();
    void filesAreCopiedWithProgress();
    void aCopyCanBeCanceledAndFail();
    void withoutAnAgentAStickIsOffered();
    void aGuestThatMayNotHaveFilesIsAskedFor();
};

void TestGuestServices::theClipboardSwitchIsSeenAndTurned()
{
    Console console;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::Disabled));
    QCOMPARE(console.clipboardText(), QStringLiteral("Off"));
    auto *button = console.find<QToolButton>("clipboardState");
    QVERIFY(button->toolTip().contains(QStringLiteral("No agent answers")));
    console.link().become(FakeGuestLink::everything());
    QVERIFY(button->toolTip().contains(QStringLiteral("is there")));
    QCOMPARE(button->menu(), console.find<QMenu>("clipboardMenu"));

    console.mode("clipboardMenu", "hosttoguest")->trigger();
    QTRY_COMPARE(console.clipboardText(), QStringLiteral("To guest"));
    QVERIFY(console.mode("clipboardMenu", "hosttoguest")->isChecked());
    // It is the machine's, for the next time.
    const auto kept = engine::readMachine(console.machine.session().entry().definitionPath);
    QVERIFY(kept.has_value());
    QCOMPARE(kept->definition.clipboard, SharingMode::HostToGuest);
    QCOMPARE(kept->definition.dragAndDrop, SharingMode::Disabled);
}

void TestGuestServices::theFocusedWindowSharesTheClipboard()
{
    Console console;
    QVERIFY(console.start(SharingMode::Bidirectional, SharingMode::Disabled));
    QGuiApplication::clipboard()->setText(QStringLiteral("before the agent"));
    console.link().become(FakeGuestLink::everything());
    QTRY_COMPARE(console.link().offers.size(), 1);
    console.link().copy({{ClipFormat::Text, "from the guest"}});
    QTRY_COMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("from the guest"));
    // The window closes, the guest's text goes.
    console.window.reset();
    QVERIFY(QGuiApplication::clipboard()->text().isEmpty());
}

void TestGuestServices::theGuestFollowsTheWindow()
{
    Console console;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::Disabled));
    console.link().become(FakeGuestLink::everything());
    console.window->resize(console.window->size() + QSize(-103, -60));
    QTRY_COMPARE(console.link().monitors.size(), 1);
    const QSize asked = console.link().monitors.first().first().size();
    const QSize room = console.find<QScrollArea>("")->maximumViewportSize();
    QCOMPARE(asked, QSize(room.width() / 8 * 8, room.height()));
    // The guest does it, and the window stays as the user made it.
    const QSize before = console.window->size();
    console.screen->source.setSize(asked.width(), asked.height());
    QTRY_COMPARE(console.view().guestSize(), asked);
    QCOMPARE(console.window->size(), before);

    // Scaled, it is the picture that follows.
    console.action("scaledMode")->trigger();
    console.window->resize(console.window->size() + QSize(50, 50));
    console.action("scaledMode")->trigger(); // and the window is the guest's size again
    console.window->resize(console.window->size() + QSize(-80, -40));
    QTRY_COMPARE(console.link().monitors.size(), 2);
    QCOMPARE(console.link().monitors.last().first().size(), asked - QSize(80, 40));
}

void TestGuestServices::withoutAnAgentTheWindowFollowsTheGuest()
{
    Console console;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::Disabled));
    console.screen->source.setSize(640, 480);
    QTRY_COMPARE(console.view().guestSize(), QSize(640, 480));
    QTRY_COMPARE(console.find<QScrollArea>("")->maximumViewportSize(), QSize(640, 480));
    QVERIFY(console.link().monitors.isEmpty());
}

void TestGuestServices::theChoiceNotToResizeIsKept()
{
    Console console;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::Disabled));
    console.link().become(FakeGuestLink::everything());
    QAction *action = console.action("autoResize");
    QVERIFY(action->isChecked());
    action->trigger();
    QTRY_COMPARE(console.machine.session()
                     .entry()
                     .definition.extraData.value(QStringLiteral("GUI/AutoresizeGuest"))
                     .toString(),
                 QStringLiteral("false"));
    QVERIFY(!action->isChecked());
    console.window->resize(console.window->size() + QSize(-100, -60));
    action->trigger();
    QTRY_COMPARE(console.link().monitors.size(), 1);
}

void TestGuestServices::filesAreCopiedWithProgress()
{
    Console console;
    const QTemporaryDir folder;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::HostToGuest));
    console.link().become(FakeGuestLink::everything());
    const QStringList files{fileNamed(folder, QStringLiteral("a.txt")),
                            fileNamed(folder, QStringLiteral("ä b.txt"))};
    QVERIFY(!console.drop({folder.filePath(QStringLiteral("missing"))}));
    QVERIFY(console.drop(files));
    QTRY_COMPARE(console.link().copied, QList<QStringList>{files});
    emit console.link().copyProgressed(5, 10);
    const auto *text = console.notice()->findChild<QLabel *>(QStringLiteral("text"));
    QCOMPARE(text->text(), QStringLiteral("Copying 2 files to the guest: 50 %"));
    emit console.link().copyEnded({}, false);
    QTRY_VERIFY(console.notice() == nullptr || console.notice()->isHidden());
}

void TestGuestServices::aCopyCanBeCanceledAndFail()
{
    Console console;
    const QTemporaryDir folder;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::Bidirectional));
    console.link().become(FakeGuestLink::everything());
    const QStringList files{fileNamed(folder, QStringLiteral("a.txt"))};
    QVERIFY(console.drop(files));
    QTRY_VERIFY(console.noticeButton("cancelCopy") != nullptr);
    console.noticeButton("cancelCopy")->click();
    QCOMPARE(console.link().cancels, 1);
    emit console.link().copyEnded({}, true);

    QVERIFY(console.drop(files));
    QTRY_COMPARE(console.link().copied.size(), 2);
    emit console.link().copyEnded(QStringLiteral("No space left"), false);
    QTRY_VERIFY(console.noticeButton("insertStick") != nullptr);
    console.noticeButton("insertStick")->click();
    QTRY_VERIFY(console.machine.session().status().hasUsbStick);
    QVERIFY(!console.machine.driver().lastStick.isEmpty());
}

void TestGuestServices::withoutAnAgentAStickIsOffered()
{
    Console console;
    const QTemporaryDir folder;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::HostToGuest));
    QVERIFY(console.drop({fileNamed(folder, QStringLiteral("a.txt"))}));
    QTRY_VERIFY(console.noticeButton("insertStick") != nullptr);
    // Folders no agent takes; one by itself would be shared.
    console.link().become(FakeGuestLink::everything());
    const QTemporaryDir other;
    QVERIFY(console.drop({folder.path(), other.path()}));
    QTRY_VERIFY(console.noticeButton("insertStick") != nullptr);
    QVERIFY(console.link().copied.isEmpty());
}

void TestGuestServices::aGuestThatMayNotHaveFilesIsAskedFor()
{
    Console console;
    const QTemporaryDir folder;
    QVERIFY(console.start(SharingMode::Disabled, SharingMode::Disabled));
    console.link().become(FakeGuestLink::everything());
    QVERIFY(console.drop({fileNamed(folder, QStringLiteral("a.txt"))}));
    QTRY_VERIFY(console.noticeButton("allowDrop") != nullptr);
    QVERIFY(console.link().copied.isEmpty());
    console.noticeButton("allowDrop")->click();
    QTRY_COMPARE(console.link().copied.size(), 1);
    QTRY_COMPARE(console.machine.session().entry().definition.dragAndDrop,
                 SharingMode::HostToGuest);
}

QTEST_MAIN(TestGuestServices)
#include "tst_guest_services.moc"
