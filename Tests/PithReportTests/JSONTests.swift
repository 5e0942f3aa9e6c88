import Foundation
import PithReport
import Testing

@Suite struct JSONTests {
  private func object(_ report: some Report) throws -> [String: Any] {
    let data = Data(try report.json().utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func roundTrips<R: Report & Equatable>(_ report: R) throws {
    let text = try report.json()
    let back = try JSONDecoder().decode(R.self, from: Data(text.utf8))
    #expect(back == report)
    #expect(try back.json() == text)
  }

  @Test func everyReportSurvivesARoundTrip() throws {
    try roundTrips(SampleReports.convolutional)
    try roundTrips(SampleReports.mobile)
    try roundTrips(SampleReports.smallest)
    try roundTrips(SampleReports.inspection)
    try roundTrips(SampleReports.benchmark)
    try roundTrips(SampleReports.evaluation)
  }

  @Test func quantizationKeys() throws {
    let report = try object(SampleReports.convolutional)
    #expect(
      Set(report.keys) == [
        "tool", "command", "model", "input", "output", "ratio", "method", "samples", "options", "accuracy",
        "latency_us", "memory", "signalToNoise", "layers", "warnings", "passes", "seconds",
      ])
    #expect((report["output"] as? [String: Any])?["bytes"] as? Int == 441_344)
    #expect((report["input"] as? [String: Any])?["bytes"] as? Int == 1_742_113)
    let accuracy = try #require(report["accuracy"] as? [String: Any])
    #expect(
      Set(accuracy.keys) == ["fp32", "int8", "difference", "agreement", "onlyFp32Right", "onlyInt8Right"])
    let int8 = try #require(accuracy["int8"] as? [String: Any])
    #expect(Set(int8.keys) == ["accuracy", "interval", "samples", "correct"])
    #expect((int8["interval"] as? [Double])?.count == 2)
    let latency = try #require(report["latency_us"] as? [String: Any])
    #expect(Set(latency.keys) == ["fp32", "int8", "isa", "threads"])
    #expect(Set((latency["int8"] as? [String: Any] ?? [:]).keys) == ["p10", "p50", "p90"])
    let layer = try #require((report["layers"] as? [[String: Any]])?.first)
    #expect(
      Set(layer.keys) == [
        "name", "operators", "placement", "parameters", "multiplyAdds", "bytesBefore", "bytesAfter",
        "signalToNoise", "inputScale", "outputScale", "outputZeroPoint", "clippedShare",
      ])
    #expect(layer["placement"] as? String == "int8")
  }

  @Test func keysOfTheOthers() throws {
    let benchmark = try object(SampleReports.benchmark)
    #expect(
      Set(benchmark.keys) == [
        "model", "latency_us", "fp32_latency_us", "speedup", "isa", "threads", "batch", "runs",
        "multiply_adds", "giga_ops_per_second", "limit_giga_ops_per_second", "share_of_limit",
      ])
    #expect((benchmark["latency_us"] as? [String: Any])?["p50"] as? Double == 44)
    #expect(benchmark["speedup"] as? Double == 4)
    #expect(abs(SampleReports.benchmark.gigaOpsPerSecond - 353.995636) < 1e-5)

    let evaluation = try object(SampleReports.evaluation)
    #expect(
      Set(evaluation.keys) == [
        "model", "accuracy", "interval", "samples", "correct", "loss", "classes", "seconds",
        "samplesPerSecond",
      ])
    #expect(evaluation["accuracy"] as? Double == 0.9227)
    let interval = try #require(evaluation["interval"] as? [Double])
    #expect(interval.count == 2 && interval[0] < 0.9227 && interval[1] > 0.9227)

    let inspection = try object(SampleReports.inspection)
    #expect(
      Set(inspection.keys) == [
        "model", "format", "fileBytes", "inputs", "outputs", "nodes", "totals", "memory", "instructions",
        "warnings",
      ])
    let input = try #require((inspection["inputs"] as? [[String: Any]])?.first)
    let shape = try #require(input["shape"] as? [Any])
    #expect(shape.first as? String == "batch" && shape.last as? Int == 28)
  }

  @Test func whatIsNoNumberIsNullOrLeftOut() throws {
    let empty = try SampleReports.empty.json()
    let report = try object(SampleReports.empty)
    #expect(report["signalToNoise"] is NSNull)
    #expect(report["ratio"] == nil)
    #expect(!empty.contains("nonfinite"))
    // A measured infinity is dropped when the layer is made.
    #expect(SampleReports.smallest.layers[0].signalToNoise == nil)
    #expect(try object(SampleReports.hostile)["layers"] is [Any])
  }

  @Test func keysAreSorted() throws {
    let text = try SampleReports.benchmark.json()
    let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.compactMap {
      $0.split(separator: "\"").dropFirst().first.map(String.init)
    }
    #expect(keys.count == 12 && keys == keys.sorted())
  }
}
