import Foundation
import Testing

@testable import Pith
@testable import compress

/// A recipe's text, and what has to be said about it.
struct RecipeMistake: Sendable, CustomTestStringConvertible {
  var text: String
  var line: Int
  /// What the message holds.
  var parts: [String]

  init(_ text: String, line: Int, _ parts: String...) {
    (self.text, self.line, self.parts) = (text, line, parts)
  }

  var testDescription: String { parts.first ?? text }
}

@Suite struct RecipeTests {
  /// Commands as they are, and one that stands for those which read two networks.
  static let schemas: [CommandSchema] = [
    try? CommandSchema(Quantize.self), try? CommandSchema(Eval.self),
    CommandSchema(
      name: "prune",
      options: [
        .init(key: "model", kind: .argument, isOptional: false, role: .model),
        .init(key: "train", kind: .option, isOptional: false, role: .data),
        .init(key: "eval", kind: .option, role: .data),
        .init(key: "structure", kind: .option, values: ["channel", "unstructured", "2:4", "block"]),
        .init(key: "sparsity", kind: .option), .init(key: "macs", kind: .option),
        .init(key: "epochs", kind: .option), .init(key: "seed", kind: .option),
        .init(key: "exclude", kind: .option, isRepeating: true),
        .init(key: "augment", kind: .flag(negation: "no-augment")),
        .init(key: "resume", kind: .flag(negation: nil)),
        .init(key: "report", kind: .option, role: .output),
        .init(key: "output", kind: .option, isOptional: false, role: .output),
      ], outputExtension: "onnx"),
    CommandSchema(
      name: "distill",
      options: [
        .init(key: "teacher", kind: .option, isOptional: false, isRepeating: true, role: .model),
        .init(key: "student", kind: .option, role: .model), .init(key: "width", kind: .option),
        .init(key: "train", kind: .option, isOptional: false, role: .data),
        .init(key: "output", kind: .option, isOptional: false, role: .output),
      ], outputExtension: "onnx"),
  ].compactMap(\.self)

  private func plan(_ text: String) throws -> RecipePlan {
    try RecipePlan(try Recipe(yaml: text, path: "r.yaml"), schemas: Self.schemas, workFolder: "r.pith-work")
  }

  @Test func stepsReadWhatTheStepBeforeWrote() throws {
    let plan = try plan(
      """
      model: cnn.onnx
      train: train.data.yaml
      eval: test.data.yaml   # distill has none
      steps:
        - prune:
            macs: 0.35
            structure: "2:4"
            exclude: [first, 'the last']
            augment: no
        - distill: { width: 0.5 }
        - distill:
            train: other.npz:x,y
            output: student.onnx
        - quantize: { calibrate: c.npy, mean: [-0.5, 0.25], equalize: false, strict: true, output: cnn.pith }
        - eval: { data: test.data.yaml, model: cnn.pith }
      """)
    let lines: [String] = [
      "prune cnn.onnx --train train.data.yaml --eval test.data.yaml --structure 2:4 --macs 0.35 --exclude first "
        + "--exclude the last --no-augment --output r.pith-work/1-prune.onnx",
      "distill --teacher r.pith-work/1-prune.onnx --width 0.5 --train train.data.yaml "
        + "--output r.pith-work/2-distill.onnx",
      "distill --teacher cnn.onnx --student r.pith-work/2-distill.onnx --train other.npz:x,y --output student.onnx",
      "quantize student.onnx --calibrate c.npy --eval test.data.yaml --strict --output cnn.pith --no-equalize "
        + "--train train.data.yaml --mean=-0.5 --mean 0.25",
      "eval cnn.pith --data test.data.yaml",
    ]
    #expect(plan.steps.map { $0.arguments.joined(separator: " ") } == lines)
    #expect(plan.steps.map(\.line) == [5, 10, 11, 14, 15])
    #expect(plan.steps[0].lines["macs"] == 6)
    #expect(plan.steps[0].lines["train"] == 2)
    #expect(plan.steps.map(\.canResume) == [true, false, false, true, false])
    #expect(plan.steps[2].models == ["r.pith-work/2-distill.onnx": 11, "cnn.onnx": 1])
    #expect(plan.steps[3].outputs == ["output": "cnn.pith"])
    #expect(plan.steps[3].data == ["c.npy": 14, "test.data.yaml": 3, "train.data.yaml": 2])
  }

  /// The model at the top is the teacher, also where no step has a model.
  @Test func aRecipeMayOnlyDistill() throws {
    let plan = try plan("model: m.onnx\ntrain: t.npz\nsteps:\n  - distill: { width: 0.5, output: s.onnx }\n")
    #expect(
      plan.steps.map { $0.arguments.joined(separator: " ") }
        == ["distill --teacher m.onnx --width 0.5 --train t.npz --output s.onnx"])
  }

  static let mistakes = [
    RecipeMistake("", line: 1, "empty"),
    RecipeMistake("- prune", line: 1, "list of options"),
    RecipeMistake("model: a\n", line: 1, "needs 'steps'"),
    RecipeMistake("steps:\n  prune: {}\n", line: 2, "should be a list"),
    RecipeMistake("steps: []\n", line: 1, "should be a list"),
    RecipeMistake(
      "model: m\nsteps:\n  - prume: {}\n", line: 3, "no command 'prume'", "did you mean 'prune'?"),
    RecipeMistake(
      "model: m\nsteps:\n  - run: {}\n", line: 3, "no command 'run'", "distill, eval, prune, quantize"),
    RecipeMistake(
      "model: m\ntrain: t\nsteps:\n  - prune:\n      macs: 0.3\n      epochs: 1\n      sparsty: 0.5\n",
      line: 7,
      "prune has no option 'sparsty'; did you mean 'sparsity'?"),
    RecipeMistake("model: m\nepoch: 5\nsteps:\n  - prune: { train: t }\n", line: 2, "did you mean 'epochs'?"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune:\n      structure: chanel\n      train: t\n", line: 4,
      "one of channel, unstructured, 2:4, block"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune:\n      train: t\n      augment: maybe\n", line: 5,
      "true or false, not 'maybe'"),
    RecipeMistake("model: m\nsteps:\n  - prune: { macs: 0.35 }\n", line: 3, "prune needs 'train'"),
    RecipeMistake("steps:\n  - prune: { train: t }\n", line: 2, "prune needs 'model'", "top of the recipe"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune:\n      train: t\n      macs: [0.3, 0.4]\n", line: 5, "takes one value",
      "here are 2"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune:\n      train: t\n      macs: { a: b }\n", line: 5, "'macs'", "word"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune:\n      train: t\n      macs:\n", line: 5, "'macs' has no value"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune:\n      train: t\n      exclude: []\n", line: 5, "has no value"),
    RecipeMistake("model: m\nsteps:\n  - prune:\n      train: ''\n", line: 4, "names no file"),
    RecipeMistake("model: m\nsteps:\n  - prune:\n      train: t\n      json: true\n", line: 5, "'json'"),
    RecipeMistake("model: m\nresume: true\nsteps:\n  - prune: { train: t }\n", line: 2, "resumes by itself"),
    RecipeMistake(
      "model: m\nbatch: 8\nsteps:\n  - eval: { data: d }\n", line: 2, "no step has an option 'batch'"),
    RecipeMistake("model: m\noutput: o\nsteps:\n  - prune: { train: t }\n", line: 2, "one step"),
    RecipeMistake(
      "model: m\nreport: o\nsteps:\n  - prune: { train: t }\n", line: 2, "compress apply --report"),
    RecipeMistake(
      "model: m\ntrain: t\nsteps:\n  - prune: { output: o.onnx }\n  - prune:\n      output: ./o.onnx\n",
      line: 6,
      "would overwrite", "step 1"),
    RecipeMistake(
      "model: m\ntrain: t\nsteps:\n  - quantize: { calibrate: c, output: q.pith }\n  - prune: {}\n", line: 5,
      "prune reads no .pith file", "step 1 makes one"),
    RecipeMistake(
      "model: m\ntrain: t\nsteps:\n  - prune: {}\n  - prune: { output: ./m }\n", line: 5,
      "would overwrite", "which the recipe reads"),
    RecipeMistake(
      "model: m\nsteps:\n  - prune: { train: t }\n    distill: {}\n", line: 4, "one command", "'distill'"),
    RecipeMistake("model: m\nsteps:\n  - prune: [1]\n", line: 3, "'prune' should be a list of options"),
    RecipeMistake("model: m\nsteps:\n  - [prune]\n", line: 3, "a step"),
    RecipeMistake("model: m\nmodel: n\nsteps:\n  - prune: { train: t }\n", line: 2, "'model' occurs twice"),
    RecipeMistake("model: [a\nsteps:\n", line: 2, "not YAML"),
    RecipeMistake("model: m\nsteps:\n  - prune:\n      train: \"a\\nb\"\n", line: 4, "line break"),
    RecipeMistake("model: m\ntrain: &t x\nsteps:\n  - ? [a]\n    : b\n", line: 4, "one word"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreToldWithTheirLine(_ mistake: RecipeMistake) throws {
    do {
      _ = try plan(mistake.text)
      Issue.record("nothing was thrown")
    } catch let error as RecipeError {
      #expect(error.file == "r.yaml" && error.line == mistake.line, "\(error)")
      for part in mistake.parts { #expect(error.message.contains(part), "\(error)") }
      #expect(!error.description.contains("\n"))
      #expect(error.description.hasPrefix("r.yaml:\(mistake.line): "))
    }
  }

  /// What ArgumentParser says of its commands is what a recipe takes.
  @Test func schemasAreThoseOfTheCommands() throws {
    let quantize = try CommandSchema(Quantize.self)
    #expect(quantize.name == "quantize" && quantize.outputExtension == "pith")
    #expect(quantize.option("model")?.kind == .argument && quantize.option("model")?.role == .model)
    // A network that comes quantized needs no calibration.
    #expect(quantize.option("calibrate")?.role == .data && quantize.option("calibrate")?.isOptional == true)
    #expect(quantize.option("output")?.role == .output && quantize.option("report")?.role == .output)
    #expect(quantize.option("export-qdq")?.role == .output)
    #expect(quantize.option("equalize")?.kind == .flag(negation: "no-equalize"))
    #expect(quantize.option("strict")?.kind == .flag(negation: nil))
    #expect(quantize.option("no-equalize") == nil)
    #expect(quantize.option("method")?.values == ["minmax", "percentile", "mse", "entropy"])
    #expect(quantize.option("exclude")?.isRepeating == true)
    for command in Apply.commands {
      let schema = try CommandSchema(command)
      #expect(schema.options.contains { $0.key == "model" || $0.key == "teacher" }, "\(schema.name)")
      // Every command's networks and data are known as such, so that they are looked for before anything runs.
      for option in schema.options where ["train", "eval", "calibrate", "data"].contains(option.key) {
        #expect(option.role == .data, "\(schema.name) \(option.key)")
      }
      for option in schema.options where ["model", "teacher", "student", "reference"].contains(option.key) {
        #expect(option.role == .model, "\(schema.name) \(option.key)")
      }
      for option in schema.options where ["report", "output"].contains(option.key) {
        #expect(option.role == .output, "\(schema.name) \(option.key)")
      }
    }
  }

  @Test func nearestWords() {
    #expect(Spelling.distance("sparsty", "sparsity") == 1)
    #expect(Spelling.distance("epohcs", "epochs") == 1)
    #expect(Spelling.distance("", "abc") == 3 && Spelling.distance("kitten", "sitting") == 3)
    #expect(Spelling.nearest("evl", among: ["eval", "train"]) == "eval")
    #expect(Spelling.nearest("colour", among: ["eval", "train"]) == nil)
    #expect(Spelling.nearest(String(repeating: "x", count: 1_000_000), among: ["eval"]) == nil)
  }
}
