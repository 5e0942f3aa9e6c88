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
    if isPlanned == false {
      writer.paragraph(
        "The file has no plan for these kernels: compress quantize --target host, or compress tune, may make it faster."
      )
    }
    if let steps, !steps.isEmpty {
      writer.heading("Instructions")
      writer.table(Self.table(steps))
      writer.paragraph(
        "Medians where they stand, on one thread. Compute is the share of what dot products reach, bandwidth that of "
          + "loads from the cache that weights, input and output fit. Winograd's algorithm multiplies less often than "
          + "the network says, and may be above 100 %.")
    }
    return writer.text
  }

  private static func table(_ steps: [Step]) -> TextTable {
    let total = steps.reduce(0) { $0 + $1.microseconds }
    var table = TextTable([
      .name("instruction", minimum: 10), .name("opcode", minimum: 8), .name("output", minimum: 10),
      .number("time"), .number("of all"), .number("mul-adds", dispensable: 2),
      .number("bytes", dispensable: 1), .number("compute"), .number("bandwidth"),
    ])
    for step in steps {
      table.add([
        .init(LayerNames.shown(step.name)), .init(step.opcode),
        .init(InspectionReport.text(step.outputShape)), .init(Units.microseconds(step.microseconds)),
        .init(Units.percent(total > 0 ? step.microseconds / total : nil, 1)),
        .init(step.multiplyAdds > 0 ? Units.count(step.multiplyAdds) : Units.unknown),
        .init(Units.bytes(step.bytes)), .init(Units.percent(step.shareOfCompute)),
        .init(Units.percent(step.shareOfBandwidth)),
      ])
    }
    table.add([
      .init("all"), .init(""), .init(""), .init(Units.microseconds(total)), .init(""),
      .init(Units.count(steps.reduce(0) { $0 + $1.multiplyAdds })), .init(""), .init(""), .init(""),
    ])
    return table
  }
}
