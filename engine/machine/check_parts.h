// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that machine_check.h is made of. Not for other folders.
#pragma once

#include "engine/machine/machine_check.h"

namespace engine {

class ProblemList final
{
public:
    void error(const QString &field, const QString &text)
    {
        m_problems.append({DefinitionProblem::Severity::Error, field, text});
    }
    void warning(const QString &field, const QString &text)
    {
        m_problems.append({DefinitionProblem::Severity::Warning, field, text});
    }
    QList<DefinitionProblem> take() { return std::move(m_problems); }

private:
    QList<DefinitionProblem> m_problems;
};

void checkStorage(const MachineDefinition &definition, const CheckContext &context,
                  ProblemList &problems);
void checkNetwork(const MachineDefinition &definition, const CheckContext &context,
                  ProblemList &problems);

} // namespace engine
