import Foundation

/// `compress apply`: the commands of a recipe, one after another; what has not changed since the last time is not done
/// again, and what was interrupted goes on where it was.
public struct RecipeJob {
  /// What the user asked for.
  public struct Request {
    public var plan: RecipePlan
    /// Of the files that the recipe does not name, and of the notes on what is done.
    public var workFolder: String
    /// Does everything again.
    public var restarts: Bool
    /// Where to write one page for all steps.
    public var reportPath: String?
    /// For the report.
    public var command: String

    public init(
      plan: RecipePlan, workFolder: String, restarts: Bool = false, reportPath: String? = nil, command: String
    ) {
      self.plan = plan
      self.workFolder = workFolder
      self.restarts = restarts
      self.reportPath = reportPath
      self.command = command
    }
  }

  /// Runs a command as `compress` would.
  /// - Parameters:
  ///   - arguments: what follows `compress`.
  ///   - step: of the recipe.
  public typealias Perform = (_ arguments: [String], _ step: RecipePlan.Step) throws -> any Report

  private let request: Request
  private let perform: Perform

  public init(_ request: Request, perform: @escaping Perform) {
    self.request = request
    self.perform = perform
  }

  /// Checks that all files are there which the steps read and no step before them writes.
  /// - Throws: `RecipeError` with the line.
  public static func checkInputs(_ plan: RecipePlan) throws {
    var written: Set<String> = []
    for step in plan.steps {
      for (model, line) in step.models.sorted(by: { $0.value < $1.value })
      where !written.contains(model) && access(model, R_OK) != 0 {
        throw RecipeError(file: plan.recipe, line: line, "\(FileError(reading: model, code: errno))")
      }
      for (data, line) in step.data.sorted(by: { $0.value < $1.value }) {
        do {
          for path in try DataFiles.paths(data) where access(path, R_OK) != 0 {
            throw FileError(reading: path, code: errno)
          }
        } catch {
          throw RecipeError(file: plan.recipe, line: line, "\(error)")
        }
      }
      written.formUnion(step.outputs.values)
    }
  }

  /// Does the steps.
  /// - Throws: `RecipeError` with the line of the step that failed; the steps before it stay done.
  public func run() throws -> RecipeReport {
    do {
      try FileManager.default.createDirectory(atPath: request.workFolder, withIntermediateDirectories: true)
    } catch {
      throw PithFailure("\(request.workFolder): the working folder cannot be made; name another with --work")
    }
    let steps = try request.plan.steps.map(run)
    var report = RecipeReport(
      tool: .init(name: "pith", version: Pith.version), command: request.command,
      recipe: (request.plan.recipe as NSString).lastPathComponent, steps: steps)
    if let path = request.reportPath {
      try time(&report)
      try AtomicFile.write(report.html(), to: path)
    }
    return report
  }

  private func run(_ step: RecipePlan.Step) throws -> RecipeReport.Step {
    let notes = StepNotes(folder: request.workFolder, label: step.label)
    let key = try StepNotes.key(of: step)
    let command = CommandLineText.joined(["compress"] + step.arguments)
    if request.restarts {
      notes.forget()
    } else if let done = notes.done(key: key) {
      return .init(
        name: step.command, command: command, state: .unchanged, seconds: done.seconds, report: done.report)
    }
    let resumes = step.canResume && notes.hasBegun(key: key)
    // Of the step as it was before a change, which nobody will go on with.
    if !resumes, let checkpoint = step.checkpointPath { unlink(checkpoint) }
    try notes.begin(key: key)
    let start = Date()
    let report: any Report
    do {
      report = try perform(step.arguments + (resumes ? ["--resume"] : []), step)
    } catch {
      throw RecipeError(file: request.plan.recipe, line: step.line, "\(step.command): \(error)")
    }
    let seconds = Date().timeIntervalSince(start)
    guard let kept = RecipeReport.StepReport(report) else {
      throw PithFailure("\(request.plan.recipe):\(step.line): '\(step.command)' cannot be a step of a recipe")
    }
    try notes.finish(
      .init(key: key, outputs: try StepNotes.digests(step.outputs.values), seconds: seconds, report: kept))
    return .init(
      name: step.command, command: command, state: resumes ? .resumed : .done, seconds: seconds, report: kept)
  }

  /// Times all networks of the history in turn, as one comparison.
  private func time(_ report: inout RecipeReport) throws {
    guard var history = report.history,
      let output = request.plan.steps.compactMap({ $0.outputs["output"] }).last
    else { return }
    let paths = request.plan.steps.flatMap { Array($0.models.keys) + $0.outputs.values }
    var (last, isa) = (StepTimer.Network(), "")
    switch try LoadedModel(path: output) {
    case .graph(let graph): last.graph = graph
    case .program(let program): (last.program, isa) = (program, program.isa.description)
    }
    try StepTimer(near: paths).time(&history, last: last)
    report.history = history
    report.distributeLatencies(isa: isa)
  }
}

/// Command lines as a user would type them.
public enum CommandLineText {
  public static func joined(_ arguments: [String]) -> String { arguments.map(quoted).joined(separator: " ") }

  /// Quotes what a shell would take apart.
  public static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./,:=+@%".contains($0) }
    if plain, !argument.isEmpty { return argument }
    return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
