extension BenchmarkReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    let comparison = speedup.map { ", \(Units.speed($0)) as fp32" } ?? ""
    writer.paragraph("\(model): \(Units.microseconds(latency.p50)) a run\(comparison)", style: .bold)
    writer.gap()
    var table = TextTable([.name("", minimum: 8), .number("p10"), .number("p50"), .number("p90")])
    let rows =
      [(fp32Latency == nil ? "latency" : "as it runs", latency)] + (fp32Latency.map { [("fp32", $0)] } ?? [])
    for (name, latency) in rows {
      table.add(
        [.init(name)] + [latency.p10, latency.p50, latency.p90].map { .init(Units.microseconds($0)) })
    }
    writer.table(table)
    writer.gap()
    writer.paragraph(
      "On \(isa) with \(Units.counted(threads, "thread")), batch \(Units.grouped(batch)), "
        + "\(Units.counted(runs, "run")).")
    var speed =
      "\(Units.count(multiplyAdds)) multiply-adds a run: \(Units.significant(gigaOpsPerSecond)) GOP/s"
    if let limitGigaOpsPerSecond, let shareOfLimit {
      speed += ", \(Units.percent(shareOfLimit, 1)) of the \(Units.significant(limitGigaOpsPerSecond)) GOP/s"
      speed += " that int8 dot products reach here"
    }
    writer.paragraph(speed + ".")
    return writer.text
  }
}
