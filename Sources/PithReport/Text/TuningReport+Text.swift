extension TuningReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    writer.paragraph(
      "\(output): \(Units.microseconds(after.p50)) a run, \(Units.speed(speedup)) as \(model)", style: .bold)
    writer.paragraph(
      "Tuned for \(isa) with \(Units.counted(threads, "thread")) from \(Units.counted(candidates, "plan")); "
        + "before \(Units.microseconds(before.p50)).")
    guard !steps.isEmpty else {
      writer.paragraph("No instruction runs faster in another way: the program's own plans stay.")
      return writer.text
    }
    writer.heading("Instructions with a new plan")
    var table = TextTable([
      .name("instruction", minimum: 10), .name("opcode", minimum: 6), .number("before"), .number("after"),
      .name("plan", minimum: 12),
    ])
    for step in steps {
      table.add([
        .init(LayerNames.shown(step.name)), .init(step.opcode), .init(Units.microseconds(step.before)),
        .init(Units.microseconds(step.after)), .init(step.plan),
      ])
    }
    writer.table(table)
    return writer.text
  }
}
