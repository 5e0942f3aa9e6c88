import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress apply` as a process of its own: the same files as the commands, done once, told with lines.
@Suite struct RecipeCommandTests {
  /// A folder with a small network, and points of two classes to train it on.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: ModelFixture.folder + "/training/tutorial.onnx", toPath: folder.path("net.onnx"))
    for (name, count, seed) in [("train.csv", 400, 1), ("test.csv", 300, 2)] {
      var random = SeededRandom(seed: seed)
      var text = "x1,x2,label\n"
      for _ in 0..<count {
        let (x, y) = (random.float() * 2, random.float() * 2)
        text += "\(x),\(y),\(x * x + y * y < 2.5 ? 1 : 0)\n"
      }
      try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    }
    return folder
  }

  private static let recipe = """
    model: net.onnx
    train: train.csv
    eval: test.csv
    batch: 32
    steps:
      - train: { init: fresh, epochs: 3, lr: 0.02, output: trained.onnx }
      - prune: { sparsity: 0.3, epochs: 1, output: pruned.onnx }
      - distill:
          teacher: trained.onnx
          epochs: 2
          no-cache: true
          output: student.onnx
      - quantize:
          calibrate: train.csv
          finetune: 1
          output: net.pith
      - eval: { data: test.csv }
    """

  /// The same as the recipe's first four steps, from within the folder.
  private static let commands = [
    "train net.onnx --train train.csv --eval test.csv --batch 32 --init fresh --epochs 3 --lr 0.02 -o trained.onnx",
    "prune trained.onnx --train train.csv --eval test.csv --batch 32 --sparsity 0.3 --epochs 1 -o pruned.onnx",
    "distill --teacher trained.onnx --student pruned.onnx --train train.csv --eval test.csv --batch 32 --epochs 2 "
      + "--no-cache -o student.onnx",
    "quantize student.onnx --calibrate train.csv --eval test.csv --finetune 1 --train train.csv --batch 32 "
      + "-o net.pith",
  ]

  private static let outputs = ["trained.onnx", "pruned.onnx", "student.onnx", "net.pith"]

  private func contents(_ folder: TemporaryFolder) throws -> [Data] {
    try Self.outputs.map { try Data(contentsOf: URL(filePath: folder.path($0))) }
  }

  private func apply(_ folder: TemporaryFolder, _ recipe: String? = nil, _ options: [String] = []) throws
    -> [String: Any]
  {
    let path = folder.path("r.yaml")
    try (recipe ?? Self.recipe).write(toFile: path, atomically: true, encoding: .utf8)
    let result = try CompressCommand.run(["apply", path, "--json"] + options)
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    return try result.object()
  }

  private func states(_ report: [String: Any]) -> [String] {
    (report["steps"] as? [[String: Any]] ?? []).compactMap { $0["state"] as? String }
  }

  @Test func givesTheBytesOfTheCommandsAndDoesNothingTwice() throws {
    let (one, other) = (try folder(), try folder())
    let page = one.path("all.html")
    let report = try apply(one, nil, ["--report", page])
    #expect(states(report) == ["done", "done", "done", "done", "done"])
    for command in Self.commands {
      let arguments = command.split(separator: " ").map(String.init).map {
        $0.contains(".") && !$0.hasPrefix("0.") ? other.path($0) : $0
      }
      let result = try CompressCommand.run(arguments)
      #expect(result.status == 0, "\(result.error)")
    }
    for (name, (a, b)) in zip(Self.outputs, zip(try contents(one), try contents(other))) {
      #expect(a == b, "\(name)")
    }
    // The page shows all steps and the whole history.
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.hasSuffix("</html>\n"))
    for part in [
      "1 · train", "2 · prune", "3 · distill", "4 · quantize", "5 · eval", "imported", "trained for 3",
      "quantized to int8",
    ] {
      #expect(html.contains(part), "\(part)")
    }
    let steps = try #require((report["history"] as? [String: Any])?["steps"] as? [[String: Any]])
    #expect(
      steps.compactMap { $0["action"] as? String } == [
        "imported", "trained", "pruned", "distilled", "quantized",
      ])
    let figures = steps.compactMap { $0["figures"] as? [String: Any] }
    #expect(figures.allSatisfy { ($0["bytes"] as? Int ?? 0) > 0 && $0["int8_latency_us"] != nil })
    #expect(figures.dropLast().allSatisfy { $0["latency_us"] != nil })

    // Nothing has changed; then one step's output is gone; then an option of the third changes.
    let before = try contents(one)
    #expect(states(try apply(one)) == ["unchanged", "unchanged", "unchanged", "unchanged", "unchanged"])
    try FileManager.default.removeItem(atPath: one.path("student.onnx"))
    #expect(states(try apply(one)) == ["unchanged", "unchanged", "done", "unchanged", "unchanged"])
    #expect(try contents(one) == before)
    let changed = Self.recipe.replacing("epochs: 2", with: "epochs: 1")
    #expect(states(try apply(one, changed)) == ["unchanged", "unchanged", "done", "done", "done"])
    #expect(try contents(one) != before)
    #expect(states(try apply(one, nil, ["--restart"])) == ["done", "done", "done", "done", "done"])
    #expect(try contents(one) == before)
  }

  @Test func mistakesAreToldWithTheirLineBeforeAnythingRuns() throws {
    let folder = try folder()
    let cases: [(change: (old: String, new: String), line: Int, part: String)] = [
      (("teacher", "taecher"), 9, "distill has no option 'taecher'; did you mean 'teacher'?"),
      (("sparsity: 0.3", "sparsity: 0.3, macs: 0.5"), 7, "prune: --sparsity and --macs exclude each other"),
      (("lr: 0.02", "lr: fast"), 6, "train: The value 'fast' is invalid for '--lr"),
      (("epochs: 2", "epochs: 0"), 10, "distill: --epochs must be from 1"),
      (("calibrate: train.csv", "calibrate: none.csv"), 14, "none.csv: no such file"),
      (("model: net.onnx", "model: none.onnx"), 1, "none.onnx: no such file"),
      (("teacher: trained", "teacher: none"), 9, "none.onnx: no such file"),
      (("output: student.onnx", "output: pruned.onnx"), 12, "would overwrite"),
      (("data: test.csv", "data: test.csv, strict: true"), 17, "eval has no option 'strict'"),
      (("train: train.csv", "train:"), 2, "'train' has no value"),
    ]
    for (change, line, part) in cases {
      let path = folder.path("r.yaml")
      let text = Self.recipe.replacing(change.old, with: change.new, maxReplacements: 1)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let message = try CompressCommand.failure(["apply", path])
      #expect(message.contains("r.yaml:\(line): ") && message.contains(part), "\(message)")
      #expect(folder.contents == ["net.onnx", "r.yaml", "test.csv", "train.csv"])
    }
    #expect(try CompressCommand.failure(["apply", folder.path("none.yaml")]).contains("no such file"))
    #expect(try CompressCommand.failure(["apply", folder.path("net.onnx")]).contains("not UTF-8"))
    #expect(try CompressCommand.failure(["apply", folder.url.path]).contains("directory"))
  }

  @Test func checkingPrintsTheCommands() throws {
    let folder = try folder()
    let path = folder.path("r.yaml")
    try Self.recipe.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try CompressCommand.run(["apply", path, "--check"])
    #expect(result.status == 0 && result.error.isEmpty)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 5 && lines.allSatisfy { $0.hasPrefix("compress ") })
    #expect(lines.first?.contains("compress train net.onnx --train train.csv") == true)
    #expect(lines.last == "compress eval net.pith --data test.csv")
    #expect(folder.contents == ["net.onnx", "r.yaml", "test.csv", "train.csv"])
  }

  /// Killed while the first step trains, and gone on with to the same bytes.
  @Test func goesOnAfterAKill() throws {
    let (whole, broken) = (try folder(), try folder())
    let recipe = Self.recipe.replacing("epochs: 3", with: "epochs: 40")
    _ = try apply(whole, recipe)
    let path = broken.path("r.yaml")
    try recipe.write(toFile: path, atomically: true, encoding: .utf8)
    for delay in [0.05, 0.2, 0.45] { _ = try CompressCommand.kill(["apply", path, "--quiet"], after: delay) }
    let states = states(try apply(broken, recipe))
    #expect(states.count == 5)
    #expect(try contents(broken) == contents(whole))
    #expect(!broken.contents.contains { $0.hasSuffix(".checkpoint") })
  }
}
