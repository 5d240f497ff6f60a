// SPDX-License-Identifier: GPL-3.0-or-later
// From the machine's threads to the driver's. Private to kvm_driver*.cpp.
#pragma once

#include "engine/drivers/kvm_driver.h"
#include "engine/machine/qt_text.h"

#include <utility>

namespace engine {

// Any thread. The driver lives longer than the Vm that calls.
class KvmDriver::Events final : public VmEvents
{
public:
    explicit Events(KvmDriver &driver)
        : m_driver(driver)
    { }

    void stopped(VmStop kind, const std::string &text, const std::string &details) override
    {
        post([&driver = m_driver, kind, text = toQString(text), details] {
            driver.vmStopped(kind, text, details);
        });
    }
    void problemRaised(const VmProblem &problem) override
    {
        const auto kind = problem.kind == VmProblem::Kind::DiskFull ? RunProblem::Kind::DiskFull
                                                                    : RunProblem::Kind::DiskError;
        post([&driver = m_driver,
              told = RunProblem{kind, toQString(problem.text), toQString(problem.remedy)}] {
            driver.vmHasProblem(told);
        });
    }
    void wasReset() override
    {
        post([&driver = m_driver] {
            if (driver.m_end)
                return;
            if (driver.m_shares)
                driver.guestStartsAnew();
            emit driver.wasReset();
        });
    }
    void mediumEjected(unsigned drive) override
    {
        post([&driver = m_driver, drive] { driver.guestEjected(drive); });
    }

private:
    template <class Function>
    void post(Function function)
    {
        QMetaObject::invokeMethod(&m_driver, std::move(function), Qt::QueuedConnection);
    }

    KvmDriver &m_driver;
};

} // namespace engine
