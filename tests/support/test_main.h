// SPDX-License-Identifier: GPL-3.0-or-later
// What every test shares: an Error prints itself when a Result was expected to be good.
#pragma once

#include "engine/base/result.h"

#include <QtTest/QTest>

#define QVERIFY_OK(result)                                                                         \
    do {                                                                                           \
        const auto &verified_ = (result);                                                          \
        QVERIFY2(verified_.has_value(),                                                            \
                 verified_.has_value() ? "" : verified_.error().text().c_str());                   \
    } while (false)

#define QVERIFY_ERROR(result, expectedKind)                                                        \
    do {                                                                                           \
        const auto &verified_ = (result);                                                          \
        QVERIFY2(!verified_.has_value(), "an error was expected");                                 \
        QCOMPARE(int(verified_.error().kind()), int(expectedKind));                                \
    } while (false)
