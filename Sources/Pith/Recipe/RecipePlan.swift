import Foundation

/// The command lines that a recipe stands for.
public struct RecipePlan: Sendable {
  public var recipe: String
  public var steps: [Step]

  /// A command line, and what is known of it.
  public struct Step: Sendable {
    /// From 1.
    public var number: Int
    public var command: String
    /// The command and its options, as a shell would pass them after `compress`.
    public var arguments: [String]
    public var line: Int
    /// The line of each option that the recipe names.
    public var lines: [String: Int]
    /// DATA specifications and networks that it reads, and the line that names each.
    public var data: [String: Int]
    public var models: [String: Int]
    /// Files that it writes, by option.
    public var outputs: [String: String]
    /// Whether it takes `--resume`.
    public var canResume: Bool
    /// Where it keeps its checkpoint, where it has one.
    var checkpointPath: String? {
      canResume ? outputs["checkpoint"] ?? outputs["output"].map { $0 + ".checkpoint" } : nil
    }

    /// What its files in the working folder begin with.
    public var label: String { "\(number)-\(command)" }
  }

  /// Options that no recipe sets: `compress apply` has them itself, or does them by itself.
  static let reserved: [String: String] = [
    "json": "compress apply --json prints one object for all steps",
    "quiet": "compress apply --quiet shows no progress of any step",
    "resume": "compress apply resumes by itself", "help": "it is no part of a recipe",
    "version": "it is no part of a recipe",
  ]

  /// Translates a recipe, each step into the arguments of its command.
  ///
  /// A step reads what the step before wrote unless it says otherwise: as `model`, for `distill` as `student`, whose
  /// `teacher` is then the recipe's model. A step that names no output writes into the working folder.
  /// - Parameters:
  ///   - schemas: of the commands that may be steps.
  ///   - workFolder: of the files that the recipe does not name.
  /// - Throws: `RecipeError` with the line: an unknown command or option, a value of the wrong kind, something that is
  ///   missing, two steps that write one file.
  public init(_ recipe: Recipe, schemas: [CommandSchema], workFolder: String) throws {
    self.recipe = recipe.path
    steps = []
    try RecipePlan.checkCommands(recipe, schemas)
    try RecipePlan.checkDefaults(recipe, schemas)
    var written: [String: Int] = [:]
    var previous: String?
    for (index, step) in recipe.steps.enumerated() {
      guard let schema = schemas.first(where: { $0.name == step.command }) else { continue }
      var draft = try StepDraft(step, schema, recipe)
      draft.addChain(model: recipe.defaults.first { $0.key == "model" }, previous: previous)
      try draft.addOutput(workFolder: workFolder, number: index + 1)
      let planned = try draft.planned(number: index + 1)
      for (option, path) in planned.outputs.sorted(by: { $0.key < $1.key }) {
        if let other = written.updateValue(index + 1, forKey: URL(filePath: path).standardizedFileURL.path) {
          throw RecipeError(
            file: recipe.path, line: planned.lines[option] ?? step.line,
            "\(step.command) would overwrite '\(path)', which step \(other) writes")
        }
      }
      // What a later step reads by default: the network, not an evaluation of it.
      if let output = planned.outputs["output"] { previous = output }
      steps.append(planned)
    }
    try checkInputsStay()
    try checkKinds()
  }

  /// A quantized network can be run, and neither trained nor quantized again.
  private func checkKinds() throws {
    var programs: [String: Int] = [:]
    for step in steps {
      for (model, line) in step.models.sorted(by: { $0.key < $1.key }) {
        guard let writer = programs[model], !["eval", "bench"].contains(step.command) else { continue }
        throw RecipeError(
          file: recipe, line: line,
          "\(step.command) reads no .pith file, and step \(writer) makes one of it; quantize last, or name a model"
        )
      }
      if step.command == "quantize", let output = step.outputs["output"] { programs[output] = step.number }
    }
  }

  /// No step writes over a file that the recipe was given.
  private func checkInputsStay() throws {
    func resolved(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
    var (written, given): (Set<String>, Set<String>) = ([], [])
    for step in steps {
      let data = step.data.keys.flatMap { (try? DataFiles.paths($0)) ?? [] }
      given.formUnion((data + step.models.keys).map(resolved).filter { !written.contains($0) })
      written.formUnion(step.outputs.values.map(resolved))
    }
    for step in steps {
      for (option, path) in step.outputs.sorted(by: { $0.key < $1.key }) where given.contains(resolved(path))
      {
        throw RecipeError(
          file: recipe, line: step.lines[option] ?? step.line,
          "\(step.command) would overwrite '\(path)', which the recipe reads")
      }
    }
  }

  /// Every step is a command. Told first: without its command an option has no meaning.
  private static func checkCommands(_ recipe: Recipe, _ schemas: [CommandSchema]) throws {
    let names = schemas.map(\.name)
    for step in recipe.steps where !names.contains(step.command) {
      throw RecipeError(
        file: recipe.path, line: step.line,
        "there is no command '\(step.command)' for a recipe\(hint(step.command, names))")
    }
  }

  /// An option at the top must mean something to some step.
  private static func checkDefaults(_ recipe: Recipe, _ schemas: [CommandSchema]) throws {
    let used = schemas.filter { schema in recipe.steps.contains { $0.command == schema.name } }
    for entry in recipe.defaults {
      if let why = reserved[entry.key] {
        throw RecipeError(file: recipe.path, line: entry.line, "a recipe does not say '\(entry.key)': \(why)")
      }
      if entry.key == "output" || entry.key == "report" {
        throw RecipeError(
          file: recipe.path, line: entry.line,
          "'\(entry.key)' names a file of one step; give it in the step"
            + (entry.key == "report" ? ", or to all as compress apply --report" : ""))
      }
      // The model at the top is also whose student a step trains.
      let keys = entry.key == "model" ? ["model", "teacher"] : [entry.key]
      guard
        !used.contains(where: { schema in
          keys.contains { schema.option($0) != nil && !isOwn($0, of: schema) }
        })
      else { continue }
      let known = used.flatMap { $0.options.map(\.key) }.filter { reserved[$0] == nil } + ["steps"]
      throw RecipeError(
        file: recipe.path, line: entry.line, "no step has an option '\(entry.key)'\(hint(entry.key, known))")
    }
  }

  /// Whether an option means something of its own to a command: the batch that is trained with is not the one to time.
  static func isOwn(_ key: String, of schema: CommandSchema) -> Bool {
    schema.name == "bench" && key == "batch"
  }

  static func hint(_ word: String, _ candidates: [String]) -> String {
    if let nearest = Spelling.nearest(word, among: candidates) { return "; did you mean '\(nearest)'?" }
    let list = Set(candidates).sorted()
    return list.count <= 12 ? "; there are \(list.joined(separator: ", "))" : ""
  }
}

/// A step on its way to a command line.
private struct StepDraft {
  let step: Recipe.Step
  let schema: CommandSchema
  let file: String
  /// In the recipe's order.
  var values: [(option: CommandSchema.Option, values: [String])] = []
  var lines: [String: Int] = [:]

  init(_ step: Recipe.Step, _ schema: CommandSchema, _ recipe: Recipe) throws {
    self.step = step
    self.schema = schema
    file = recipe.path
    let named = Set(step.entries.map(\.key))
    for entry in step.entries { try add(entry) }
    for entry in recipe.defaults where !named.contains(entry.key) && entry.key != "model" {
      // A default is for the steps that have the option.
      if schema.option(entry.key) != nil, !RecipePlan.isOwn(entry.key, of: schema) { try add(entry) }
    }
  }

  func error(_ line: Int, _ message: String) -> RecipeError { RecipeError(file: file, line: line, message) }

  func has(_ key: String) -> Bool { values.contains { $0.option.key == key } }

  private mutating func add(_ entry: Recipe.Entry) throws {
    if let why = RecipePlan.reserved[entry.key] {
      throw error(entry.line, "a recipe does not say '\(entry.key)': \(why)")
    }
    guard let option = schema.option(entry.key) else {
      let known = schema.options.map(\.key).filter { RecipePlan.reserved[$0] == nil }
      throw error(
        entry.line, "\(step.command) has no option '\(entry.key)'\(RecipePlan.hint(entry.key, known))")
    }
    if entry.values.count != 1, !option.isRepeating {
      throw error(entry.line, "'\(entry.key)' takes one value, and here are \(entry.values.count)")
    }
    if entry.values.isEmpty { throw error(entry.line, "'\(entry.key)' has no value") }
    for value in entry.values {
      if let allowed = option.values, !allowed.contains(value) {
        throw error(
          entry.line,
          "'\(entry.key)' is one of \(allowed.joined(separator: ", ")), not '\(value)'")
      }
      if case .flag = option.kind, flag(value) == nil {
        throw error(entry.line, "'\(entry.key)' is true or false, not '\(value)'")
      }
      if option.role != .plain, value.isEmpty { throw error(entry.line, "'\(entry.key)' names no file") }
    }
    values.append((option, entry.values))
    lines[entry.key] = entry.line
  }

  private func flag(_ value: String) -> Bool? {
    switch value.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }

  /// Lets the step read what the one before wrote.
  mutating func addChain(model: Recipe.Entry?, previous: String?) {
    func add(_ key: String, _ value: String?) {
      guard let value, !has(key), let option = schema.option(key) else { return }
      values.append((option, [value]))
      if value == model?.values.first { lines[key] = model?.line }
    }
    let first = model?.values.first
    if schema.option("student") != nil {
      // A narrower copy of the teacher is the alternative to a student.
      if !has("width") { add("student", previous) }
      add("teacher", has("width") ? previous ?? first : first)
    } else {
      add("model", previous ?? first)
    }
  }

  mutating func addOutput(workFolder: String, number: Int) throws {
    guard !has("output"), let option = schema.option("output") else { return }
    values.append((option, ["\(workFolder)/\(number)-\(step.command).\(schema.outputExtension)"]))
  }

  func planned(number: Int) throws -> RecipePlan.Step {
    for option in schema.options where !option.isOptional && !has(option.key) {
      let place =
        option.key == "model"
        ? "; give it at the top of the recipe or in the step"
        : option.role == .output
          ? "; give it in the step" : "; give it in the step, or at the top for all steps"
      throw error(step.line, "\(step.command) needs '\(option.key)'\(place)")
    }
    var (data, models): ([String: Int], [String: Int]) = ([:], [:])
    var outputs: [String: String] = [:]
    for (option, values) in values {
      switch option.role {
      case .plain: break
      case .data: for value in values { data[value] = lines[option.key] ?? step.line }
      case .model: for value in values { models[value] = lines[option.key] ?? step.line }
      case .output: outputs[option.key] = values.first
      }
    }
    return RecipePlan.Step(
      number: number, command: step.command, arguments: [step.command] + arguments, line: step.line,
      lines: lines,
      data: data, models: models, outputs: outputs, canResume: schema.option("resume") != nil)
  }

  /// Arguments first, then options in the order of the command's own help, so that the same step gives the same line.
  private var arguments: [String] {
    var (arguments, options): ([String], [String]) = ([], [])
    for option in schema.options {
      guard let values = values.first(where: { $0.option.key == option.key })?.values else { continue }
      for value in values {
        switch option.kind {
        case .argument: arguments.append(value.hasPrefix("-") ? "./" + value : value)
        // What begins with a dash would be taken for an option.
        case .option:
          options += value.hasPrefix("-") ? ["--\(option.key)=\(value)"] : ["--\(option.key)", value]
        case .flag(let negation):
          if flag(value) == true {
            options.append("--\(option.key)")
          } else if let negation {
            options.append("--\(negation)")
          }
        }
      }
    }
    return arguments + options
  }
}
