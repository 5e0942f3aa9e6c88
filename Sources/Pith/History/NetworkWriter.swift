import Foundation

/// Writes what a command made of a network: an ONNX file that holds the network's history, and a page that shows it.
public enum NetworkWriter {
  /// Adds the step to the history and writes every file or none.
  ///
  /// The ONNX file is the same each time for the same network and the same steps: neither times nor folders are in it.
  /// - Parameters:
  ///   - graph: the network to write. Its metadata are kept, the history among them is replaced.
  ///   - report: complete but for the sizes of the output, the latencies and the history.
  ///   - action: what the command did.
  ///   - lineage: of the network that was read.
  ///   - reportPath: where to write the page. Then every network of the history whose file is near is timed for it.
  /// - Returns: the complete report.
  /// - Throws: `ExportError`, or `FileError` where a file cannot be written.
  public static func write<R: NetworkReport>(
    _ graph: Graph, _ report: R, as action: NetworkHistory.Action, lineage: Lineage, to path: String,
    reportPath: String?
  ) throws -> R {
    var (graph, report) = (graph, report)
    report.warnings = lineage.warnings + report.warnings
    report.history = lineage.history
    report.history.steps.append(NetworkHistory.Step(action, report))
    graph.metadata[NetworkHistory.metadataKey] = try report.history.metadata()
    let bytes = try ONNXExporter.byteCount(of: graph)
    (report.output.bytes, report.after.bytes) = (bytes, bytes)
    let last = report.history.steps.count - 1
    report.history.steps[last].figures.bytes = bytes
    guard let reportPath else {
      try ONNXExporter.write(graph, to: path)
      return report
    }
    try StepTimer(near: [lineage.path, path]).time(&report.history, last: .init(graph: graph))
    let figures = report.history.steps[last].figures
    (report.after.latency, report.after.int8Latency) = (figures.latency, figures.int8Latency)
    if last > 0 { report.takeLatencyBefore(report.history.steps[last - 1].figures) }
    // The page is complete beside its place before the model appears, so that an error leaves neither.
    try AtomicFile.write(to: reportPath) { sink in
      try sink.write(report.html())
      try sink.flush()
      try ONNXExporter.write(graph, to: path)
    }
    return report
  }
}
