import ArgumentParser
import Foundation
import Pith

struct Apply: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs the commands of a recipe one after another, with one report.",
    discussion: """
      A recipe is a YAML file. Its steps are the other commands, with their options by their names:

        model: cnn.onnx
        train: train.data.yaml      # for every step that has the option
        eval: test.data.yaml
        steps:
          - prune: { macs: 0.35, epochs: 5 }
          - distill: { epochs: 10 }
          - quantize:
              calibrate: calibration.data.yaml
              output: cnn.pith

      Each step reads what the step before wrote, and paths are relative to the recipe. What is done already is not done \
      again, unless its options or files have changed; what was interrupted goes on. docs/recipes.md says more.

      Examples:
        compress apply cnn.recipe.yaml
        compress apply cnn.recipe.yaml --report cnn.html
        compress apply cnn.recipe.yaml --restart --json
        compress apply cnn.recipe.yaml --check
      """)

  @Argument(help: "A YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var recipe: String

  @Option(
    help: ArgumentHelp("Write a report on all steps, with plots, as one HTML file.", valueName: "out.html"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Where files go that the recipe does not name; by default a folder beside the recipe.",
      valueName: "folder"))
  var work: String?

  @Flag(help: "Do everything again.")
  var restart = false

  @Flag(help: "Only check the recipe, and print the commands that it stands for.")
  var check = false

  @OptionGroup var output: OutputOptions

  /// The commands that may be steps.
  static let commands: [any ReportingCommand.Type] = [
    Train.self, Prune.self, Distill.self, Quantize.self, Eval.self, Bench.self,
  ]

  func validate() throws {
    try Paths.check(outputs: ["--report": report], inputs: ["the recipe": recipe])
  }

  func run() throws {
    if check { return try printCommands() }
    let line = output.progress
    let report = try perform(line)
    line.finish()
    try output.show(report)
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    let command = CommandText.current
    try Paths.checkFolders(["--report": report])
    let place = try enter()
    let plan = try plan(place)
    let request = RecipeJob.Request(
      plan: plan, workFolder: place.workFolder, restarts: restart, reportPath: place.reportPath,
      command: command)
    return try RecipeJob(request) { arguments, step in
      line.prefix = plan.steps.count > 1 ? "\(step.number)/\(plan.steps.count) " : ""
      guard let command = try Compress.parseAsRoot(arguments) as? any ReportingCommand else {
        throw PithFailure("'\(step.command)' cannot be a step of a recipe")
      }
      // What a step repeats after an interruption is no part of its command line.
      return try CommandText.$arguments.withValue(step.arguments) { try command.perform(line) }
    }.run()
  }

  /// Reads and checks the recipe. The working directory is the recipe's folder by then.
  private func plan(_ place: Place) throws -> RecipePlan {
    let recipe = try Recipe(yaml: place.text, path: recipe)
    let plan = try RecipePlan(
      recipe, schemas: Self.commands.map { try CommandSchema($0) }, workFolder: place.workFolder)
    for step in plan.steps { try checkArguments(step) }
    for step in plan.steps {
      do {
        // The working folder is made when it is needed.
        func resolved(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
        let own = resolved(place.workFolder) + "/"
        try Paths.checkFolders(step.outputs.filter { !resolved($0.value).hasPrefix(own) })
      } catch {
        throw RecipeError(file: plan.recipe, line: step.line, "\(step.command): \(error)")
      }
    }
    try RecipeJob.checkInputs(plan)
    return plan
  }

  /// Lets the command itself judge its options.
  private func checkArguments(_ step: RecipePlan.Step) throws {
    do {
      _ = try Compress.parseAsRoot(step.arguments)
    } catch {
      let message = Compress.message(for: error).split(separator: "\n").first.map(String.init) ?? "\(error)"
      let option = step.lines.keys.filter { message.contains("--\($0)") }.max { $0.count < $1.count }
      throw RecipeError(
        file: recipe, line: option.flatMap { step.lines[$0] } ?? step.line, "\(step.command): \(message)")
    }
  }

  private func printCommands() throws {
    let plan = try plan(try enter())
    let lines = plan.steps.map { CommandLineText.joined(["compress"] + $0.arguments) + "\n" }
    try Terminal.write(lines.joined())
  }

  /// What has to be known before the working directory changes.
  private struct Place {
    var text: String
    var workFolder: String
    var reportPath: String?
  }

  /// Reads the recipe and goes to its folder, so that paths in it are relative to it.
  private func enter() throws -> Place {
    let text = try Recipe.text(path: recipe)
    let url = URL(filePath: recipe)
    let name = url.lastPathComponent
    let stem =
      [".yaml", ".yml"].first { name.lowercased().hasSuffix($0) }.map { String(name.dropLast($0.count)) }
      ?? name
    func absolute(_ path: String) -> String { path.hasPrefix("/dev/") ? path : URL(filePath: path).path }
    let place = Place(
      text: text, workFolder: work.map(absolute) ?? "\(stem).pith-work", reportPath: report.map(absolute))
    let folder = url.deletingLastPathComponent().path
    guard FileManager.default.changeCurrentDirectoryPath(folder) else {
      throw PithFailure("\(folder): the recipe's folder cannot be entered")
    }
    return place
  }
}
