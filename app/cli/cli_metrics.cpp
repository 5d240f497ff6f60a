// SPDX-License-Identifier: GPL-3.0-or-later
// metrics list|query|setup|collect
#include "app/cli/metrics_source.h"
#include "app/cli/verbs.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

constexpr int MaxPeriodSeconds = 3600;
constexpr int QueryMilliseconds = 1000;

constexpr OptionSpec Options[] = {
    {.name = "period", .value = "<seconds>"},
    {.name = "samples", .value = "<number>"},
    {.name = "times", .value = "<number>"},
    {.name = "list"},
    {.name = "detach"},
};

struct Request
{
    QString object = QStringLiteral("*");
    QString patterns = QStringLiteral("*");
    int period = 1;
    int samples = 1;
};

Result<Request> readRequest(const Arguments &arguments)
{
    Request request;
    request.object = arguments.words.value(1, request.object);
    request.patterns = arguments.words.mid(2).join(QLatin1Char(','));
    if (request.patterns.isEmpty())
        request.patterns = QStringLiteral("*");
    if (arguments.has("period"))
        request.period = TRY(
            toNumber(arguments.value("period"), QStringLiteral("--period"), 1, MaxPeriodSeconds));
    if (arguments.has("samples"))
        request.samples =
            TRY(toNumber(arguments.value("samples"), QStringLiteral("--samples"), 1, 1000));
    return request;
}

QJsonObject toJson(const MetricValue &value)
{
    QJsonObject json{{QStringLiteral("object"), value.object},
                     {QStringLiteral("metric"), QLatin1String(value.metric->name)},
                     {QStringLiteral("unit"), QLatin1String(value.metric->unit)}};
    if (value.value)
        json[QStringLiteral("value")] = *value.value;
    else
        json[QStringLiteral("notCounted")] = value.whyNot;
    return json;
}

// In the columns of VBoxManageMetrics.cpp.
void listOf(Session &session, const Request &request, QJsonArray &json, const QString &object,
            std::span<const Metric> metrics)
{
    for (const Metric &metric : metrics) {
        if (!matchesMetric(QLatin1String(metric.name), request.patterns))
            continue;
        json.append(
            QJsonObject{{QStringLiteral("object"), object},
                        {QStringLiteral("metric"), QLatin1String(metric.name)},
                        {QStringLiteral("unit"), QLatin1String(metric.unit)},
                        {QStringLiteral("description"), QLatin1String(metric.description)}});
        if (session.isJson())
            continue;
        session.output().line(QStringLiteral("%1 %2 %3 %4 %5 %6 %7 %8")
                                  .arg(object, -15)
                                  .arg(QLatin1String(metric.name), -40)
                                  .arg(QLatin1String(metric.unit), -4)
                                  .arg(0, -10)
                                  .arg(qint64(metric.maximum), -10)
                                  .arg(request.period, -10)
                                  .arg(request.samples, -10)
                                  .arg(QLatin1String(metric.description)));
    }
}

Outcome listMetrics(Session &session, const Request &request)
{
    const auto source = TRY(MetricsSource::open(session, request.object));
    if (!session.isJson()) {
        session.output().line(QStringLiteral(
            "Object          Metric                                   Unit Minimum    Maximum    "
            "Period     Count      Description"));
        session.output().line(QStringLiteral(
            "--------------- ---------------------------------------- ---- ---------- ---------- "
            "---------- ---------- -----------"));
    }
    QJsonArray json;
    if (source->hasHost())
        listOf(session, request, json, QStringLiteral("host"), hostMetrics());
    for (const QString &machine : source->machines())
        listOf(session, request, json, machine, machineMetrics());
    if (session.isJson())
        session.output().json(json);
    return {};
}

Outcome queryMetrics(Session &session, const Request &request)
{
    const auto source = TRY(MetricsSource::open(session, request.object));
    QJsonArray json;
    if (!session.isJson()) {
        session.output().line(
            QStringLiteral("Object          Metric                                   Values"));
        session.output().line(
            QStringLiteral("--------------- ---------------------------------------- "
                           "--------------------------------------------"));
    }
    for (const MetricValue &value : source->measure(QueryMilliseconds)) {
        if (!matchesMetric(QLatin1String(value.metric->name), request.patterns))
            continue;
        if (session.isJson())
            json.append(toJson(value));
        else
            session.output().line(QStringLiteral("%1 %2 %3")
                                      .arg(value.object, -15)
                                      .arg(QLatin1String(value.metric->name), -40)
                                      .arg(metricText(value)));
    }
    if (session.isJson())
        session.output().json(json);
    return {};
}

Outcome collectMetrics(Session &session, const Request &request, int times)
{
    const auto source = TRY(MetricsSource::open(session, request.object));
    if (!session.isJson())
        session.output().line(QStringLiteral("Time stamp   Object     Metric               Value"));
    for (int i = 0; times == 0 || i < times; ++i) {
        const QList<MetricValue> values = source->measure(request.period * 1000);
        const QString now = QDateTime::currentDateTime().toString(QStringLiteral("HH:mm:ss.zzz"));
        for (const MetricValue &value : values) {
            if (!matchesMetric(QLatin1String(value.metric->name), request.patterns))
                continue;
            if (session.isJson()) {
                // One object a line: the end may never come.
                QJsonObject json = toJson(value);
                json[QStringLiteral("time")] =
                    QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
                session.output().line(
                    QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)));
                continue;
            }
            session.output().line(QStringLiteral("%1 %2 %3 %4")
                                      .arg(now)
                                      .arg(value.object, -10)
                                      .arg(QLatin1String(value.metric->name), -20)
                                      .arg(metricText(value)));
        }
        session.output().flush();
        if (values.isEmpty())
            return Outcome::failure(ResultCode::InvalidVmState,
                                    QStringLiteral("Nothing is left to measure"));
    }
    return {};
}

Outcome metricsVerb(Session &session, const Arguments &arguments)
{
    const QString action = arguments.words.first();
    const auto request = readRequest(arguments);
    if (!request)
        return Outcome::syntax(request.error());
    if (action == QLatin1String("list"))
        return listMetrics(session, *request);
    if (action == QLatin1String("query"))
        return queryMetrics(session, *request);
    if (action == QLatin1String("collect")) {
        int times = 0;
        if (arguments.has("times"))
            times = TRY(toNumber(arguments.value("times"), QStringLiteral("--times"), 1, 1000000));
        return collectMetrics(session, *request, times);
    }
    // Nothing runs in between that could be set up: query and collect measure when asked.
    if (action == QLatin1String("setup") || action == QLatin1String("enable")
        || action == QLatin1String("disable")) {
        if (!session.isVirtualBox())
            session.warn(QStringLiteral("Nothing needs to be set up: \"metrics query\" and "
                                        "\"metrics collect\" measure when they are asked"));
        return arguments.has("list") ? listMetrics(session, *request) : Outcome();
    }
    return Outcome::syntax(
        QStringLiteral("Unknown action \"%1\": known are list, query, setup, collect").arg(action));
}

constexpr Verb Verbs[] = {
    {.name = "metrics",
     .aliases = "",
     .summary = "Measure what running machines and this computer use",
     .usage = "list [*|host|<machine>] [<metric,...>]\n"
              "query [*|host|<machine>] [<metric,...>] [--json]\n"
              "setup [--period <seconds>] [--samples <number>] [--list]\n"
              "    [*|host|<machine>] [<metric,...>]\n"
              "collect [--period <seconds>] [--times <number>] [*|host|<machine>]\n"
              "    [<metric,...>] [--json]",
     .help = "  list     what can be measured\n"
             "  query    one measurement, over a second\n"
             "  collect  one measurement after the other, until interrupted\n"
             "  setup    accepted: nothing runs between measurements that could be set up\n\n"
             "  --period  seconds between measurements of collect\n"
             "  --times   how many measurements collect makes; without it, until Ctrl+C\n"
             "  --samples, --detach  accepted, without effect\n\n"
             "Metrics may be given with *, as in CPU/*, or by their beginning, as in Net.",
     .options = Options,
     .minimumWords = 1,
     .maximumWords = -1,
     .literalAfter = -1,
     .run = metricsVerb},
};

} // namespace

std::span<const Verb> metricsVerbs()
{
    return Verbs;
}

} // namespace app
