// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-vm: one process per running machine. With --type headless it is the machine alone and
// loads no window toolkit; gui and sdl load a window module into the same process; separate is a
// headless machine plus a window process (--type attach) beside it.
#include "app/vm_arguments.h"
#include "app/vm_process.h"
#include "app/window_module.h"
#include "engine/base/thread_stacks.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLibrary>

#include <cstdio>

namespace {

// The module's entry point makes the QApplication, so nothing of Qt's event loop exists before.
int runInWindowModule(int argc, char **argv, const app::VmArguments &arguments)
{
    QLibrary module(app::windowModulePath(argv[0], arguments.type));
    const auto run =
        reinterpret_cast<app::WindowModuleRun>(module.resolve(app::WindowModuleSymbol));
    if (run == nullptr) {
        const engine::Error error =
            engine::Error(engine::ErrorKind::NotFound, module.errorString().toStdString())
                .context("Cannot load the window module")
                .withRemedy("Reinstall Vitrine, or start the machine headless");
        app::reportStart(arguments, error);
        std::fprintf(stderr, "error: %s\n", error.text().c_str());
        return 1;
    }
    return run(argc, argv, arguments);
}

} // namespace

int main(int argc, char **argv)
{
    const engine::Result<app::VmArguments> arguments = app::parseVmArguments(argc, argv);
    if (!arguments) {
        std::fprintf(stderr, "error: %s\n%s\n", arguments.error().text().c_str(), app::VmUsage);
        return 2;
    }
    if (arguments->isHelp) {
        std::printf("%s\n", app::VmUsage);
        return 0;
    }
    if (arguments->isVersion) {
        std::printf("vitrine-vm %s\n", VITRINE_VERSION);
        return 0;
    }
    if (arguments->type == app::StartType::Gui || arguments->type == app::StartType::Sdl
        || arguments->type == app::StartType::Attach
        || arguments->type == app::StartType::Connect)
        return runInWindowModule(argc, argv, *arguments);

    engine::useSmallThreadStacks(); // a window's libraries may want more
    const QCoreApplication application(argc, argv);
    return app::runMachine(*arguments, {});
}
