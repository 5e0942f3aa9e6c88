import Testing

/// Runs a job that has to fail, and returns the message, which has to be one line.
func messageOfFailure<Result>(
  sourceLocation: SourceLocation = #_sourceLocation, _ run: () throws -> Result
) -> String {
  do {
    _ = try run()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return ""
  } catch {
    let text = String(describing: error)
    #expect(!text.contains("\n") && !text.isEmpty, sourceLocation: sourceLocation)
    return text
  }
}
