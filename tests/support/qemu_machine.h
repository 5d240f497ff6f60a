// SPDX-License-Identifier: GPL-3.0-or-later
// A machine of the driver with a real QEMU, in folders of its own, that starts from GRUB's rescue
// CD. Software emulation everywhere, so that a test is the same on every host.
#pragma once

#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_host.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <cstdlib>
#include <optional>

namespace fakes {

struct QemuMachine
{
    static constexpr char RescueDisc[] = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso";
    static constexpr int Patience = 30000; // milliseconds

    // What keeps these tests from running here; null: nothing. Once, before the first machine.
    static const char *missing()
    {
        qputenv("VITRINE_ACCELERATION", "none");
        if (!engine::findQemu())
            return "QEMU is not installed (package qemu-system-x86)";
        if (!QFile::exists(QLatin1String(RescueDisc)))
            return "there is no rescue CD (package grub-rescue-pc)";
        return nullptr;
    }

    explicit QemuMachine(engine::QemuDriverOptions options = {})
        : driver(std::move(options))
    {
        definition.uuid = QUuid::createUuid();
        definition.name = "test, with comma";
        definition.memoryMiB = 64;
        definition.bootOrder = {engine::BootDevice::Optical, engine::BootDevice::HardDisk};
        engine::StorageController controller;
        controller.name = "SATA";
        engine::StorageAttachment drive;
        drive.kind = engine::MediumKind::Optical;
        drive.path = RescueDisc;
        controller.attachments = {drive};
        definition.controllers = {controller};
        QDir(folder.path()).mkpath("run");
        QObject::connect(&driver, &engine::Driver::failed,
                         [this](const engine::Error &value) { error = value; });
        QObject::connect(&driver, &engine::Driver::problemRaised,
                         [this](const engine::RunProblem &value) { problem = value; });
    }

    void start() { driver.start(definition, {folder.path(), folder.path() + "/run"}); }
    QString errorLine() const { return error ? QString::fromStdString(error->text()) : QString(); }
    // The reply of a command, as text: "ok" or the error.
    engine::Driver::Reply reply()
    {
        answer.clear();
        return [this](const engine::Result<> &result) {
            answer = result ? "ok" : QString::fromStdString(result.error().text());
        };
    }
    void addDisk(const QString &path, engine::ControllerKind kind = engine::ControllerKind::Virtio)
    {
        engine::StorageController controller;
        controller.name = "Disk";
        controller.kind = kind;
        engine::StorageAttachment disk;
        disk.path = path;
        controller.attachments = {disk};
        definition.controllers.append(controller);
    }
    QByteArray screen()
    {
        const QString path = folder.path() + "/screen.ppm";
        driver.screenshot(path, "ppm", 0, reply());
        if (!QTest::qWaitFor([this] { return !answer.isEmpty(); }, Patience) || answer != "ok")
            return {};
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    // How much is drawn.
    qsizetype ink()
    {
        const QByteArray picture = screen();
        return picture.size() - picture.count('\0');
    }

    // GRUB's prompt stands still but for its cursor; so does the BIOS, though never for long. The
    // ink then, or 0 when the time was up. Not for QTRY_VERIFY, which asks once more at the end.
    static constexpr qsizetype Cursor = 400;
    qsizetype inkOfStillScreen()
    {
        qsizetype last = 0;
        int quiet = 0;
        const bool isStill = QTest::qWaitFor(
            [&] {
                const qsizetype before = std::exchange(last, ink());
                quiet = last > 2000 && std::abs(last - before) < Cursor ? quiet + 1 : 0;
                return quiet == 5;
            },
            Patience);
        return isStill ? last : 0;
    }

    QTemporaryDir folder;
    engine::MachineDefinition definition;
    std::optional<engine::Error> error;
    std::optional<engine::RunProblem> problem;
    QString answer;
    engine::QemuDriver driver;
};

} // namespace fakes

#define QTRY_STATE(fixture, wanted)                                                                \
    QTRY_VERIFY2_WITH_TIMEOUT((fixture).driver.state() == engine::Driver::State::wanted,           \
                              qPrintable((fixture).errorLine()), fakes::QemuMachine::Patience)
#define QTRY_ANSWER(fixture, wanted)                                                               \
    do {                                                                                           \
        QTRY_VERIFY_WITH_TIMEOUT(!(fixture).answer.isEmpty(), fakes::QemuMachine::Patience);       \
        QCOMPARE((fixture).answer, QString(wanted));                                               \
    } while (false)
