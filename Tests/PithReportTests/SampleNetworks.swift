import PithReport

/// Reports of training, pruning, distillation and fine-tuning with realistic figures.
enum SampleNetworks {
  static let tool = QuantizationReport.Tool(name: "pith", version: "0.1.0")

  static func epochs(_ count: Int, from loss: Double, to end: Double, accuracy: ClosedRange<Double>)
    -> [Epoch]
  {
    (1...count).map { number in
      // Fast at first, then slower, with a little noise.
      let done = 1 - 1 / (1 + 4 * Double(number) / Double(count))
      let noise = Double(number * 7919 % 13 - 6) / 600
      return Epoch(
        epoch: number, trainingLoss: loss + (end - loss) * done / 0.8 + noise * loss / 4,
        evaluationLoss: loss * 1.02 + (end * 1.25 - loss) * done / 0.8 + noise * loss / 2,
        accuracy: min(
          accuracy.upperBound,
          accuracy.lowerBound + (accuracy.upperBound - accuracy.lowerBound) * done / 0.8 + noise / 4),
        learningRate: 0.001 * (1 - Double(number) / Double(count + 1)), seconds: 7.31)
    }
  }

  static let imported = NetworkFigures(
    bytes: 380_953, parameters: 94_410, nonzeroParameters: 94_410, multiplyAdds: 7_788_800,
    latency: Latency(p10: 171, p50: 175, p90: 183), int8Latency: Latency(p10: 43, p50: 43.9, p90: 46))

  static let training: TrainingReport = {
    var report = TrainingReport(
      tool: tool,
      command:
        "compress train cnn.onnx --train train.data.yaml --eval test.data.yaml --init fresh --epochs 30 "
        + "-o trained.onnx",
      model: "cnn.onnx", input: .init(path: "fixtures/cnn.onnx", bytes: 380_953, format: "onnx"),
      output: .init(path: "trained.onnx", bytes: 384_113),
      settings: [
        Setting("init", "fresh"), Setting("loss", "cross-entropy"), Setting("optimizer", "adam"),
        Setting("lr", 0.001), Setting("epochs", 30), Setting("batch", 128), Setting("seed", 0),
      ],
      initialization: "fresh", samples: 60_000,
      accuracy: AccuracyChange(after: Accuracy(correct: 9246, samples: 10_000)),
      evaluationData: "test.data.yaml", before: imported,
      after: NetworkFigures(
        bytes: 384_113, parameters: 94_410, nonzeroParameters: 94_410, multiplyAdds: 7_788_800),
      epochs: epochs(30, from: 0.72, to: 0.11, accuracy: 0.83...0.9251), bestEpoch: 27, resumedEpochs: 12,
      warnings: ["the last 3 epochs made nothing better; the weights of epoch 27 were kept"],
      seconds: [.init(stage: "import", seconds: 0.02), .init(stage: "train", seconds: 219.4)])
    report.history = NetworkHistory([
      .init(
        action: .imported, summary: "imported", file: "cnn.onnx", figures: imported,
        accuracy: Accuracy(correct: 981, samples: 10_000), evaluationData: "test.data.yaml"),
      .init(.trained, report),
    ])
    return report
  }()

  static let layers: [LayerChange] = [
    layer("/conv1/Conv", "Conv+Relu", 32, 20, 320, 200, 250_880, 156_800),
    layer("/conv2/Conv", "Conv+Relu", 64, 39, 18_496, 7_059, 3_612_672, 1_375_920),
    layer("/conv3/Conv", "Conv+Relu", 128, 78, 73_856, 27_456, 3_612_672, 1_341_522),
    layer("/pool/GlobalAveragePool", "GlobalAveragePool", nil, nil, 0, 0, 0, 0),
    layer("/fc/Gemm", "Gemm", 10, 10, 1_290, 790, 1_280, 780),
  ]

  static func layer(
    _ name: String, _ operators: String, _ channels: Int?, _ left: Int?, _ parameters: Int, _ rest: Int,
    _ work: Int, _ restOfWork: Int, nonzero: Int? = nil
  ) -> LayerChange {
    LayerChange(
      name: name, operators: operators,
      before: .init(
        channels: channels, parameters: parameters, nonzeroParameters: parameters, multiplyAdds: work),
      after: .init(
        channels: left, parameters: rest, nonzeroParameters: nonzero ?? rest, multiplyAdds: restOfWork))
  }

  static let pruned = NetworkFigures(
    bytes: 145_212, parameters: 35_505, nonzeroParameters: 35_505, multiplyAdds: 2_715_302,
    latency: Latency(p10: 80, p50: 82.2, p90: 86), int8Latency: Latency(p10: 20.4, p50: 21.1, p90: 22.8))

  static let pruning: PruningReport = {
    var report = PruningReport(
      tool: tool,
      command:
        "compress prune trained.onnx --train train.data.yaml --eval test.data.yaml --macs 0.35 --steps 3 "
        + "--epochs 5 -o pruned.onnx",
      model: "trained.onnx", input: .init(path: "trained.onnx", bytes: 384_113, format: "onnx"),
      output: .init(path: "pruned.onnx", bytes: 145_212),
      settings: [
        Setting("structure", "channel"), Setting("macs", 0.35), Setting("importance", "taylor"),
        Setting("ratios", "global"), Setting("schedule", "iterative"), Setting("steps", 3),
        Setting("epochs", 5),
      ],
      structure: "channel", target: "35 % of the multiply-adds",
      accuracy: AccuracyChange(
        samples: 10_000, bothRight: 9102, onlyBeforeRight: 144, onlyAfterRight: 118, agreeing: 9561),
      evaluationData: "test.data.yaml", before: imported, after: pruned,
      rounds: (1...3).map { round in
        PruningRound(
          round: round,
          figures: NetworkFigures(
            parameters: 94_410 - 19_635 * round, nonzeroParameters: 94_410 - 19_635 * round,
            multiplyAdds: 7_788_800 - 1_691_166 * round),
          accuracyBeforeTuning: 0.90 - 0.07 * Double(round), accuracy: 0.9246 - 0.0008 * Double(round),
          epochs: round == 3 ? 2 : 1)
      },
      epochs: epochs(5, from: 0.31, to: 0.19, accuracy: 0.9101...0.922), layers: layers,
      blocked: [
        .init(layers: ["/fc/Gemm"], reason: "its outputs are outputs of the network"),
        .init(
          layers: ["/res/Add", "/res/Conv"], reason: "the network's input reaches them through an addition"),
      ],
      seconds: [.init(stage: "prune", seconds: 4.2), .init(stage: "train", seconds: 41.3)])
    report.history = NetworkHistory(training.history.steps + [.init(.pruned, report)])
    return report
  }()

  /// Weights and not channels: nothing shrinks but the zeros.
  static let sparse: PruningReport = {
    var report = pruning
    report.structure = "block"
    report.layers = (0..<90).map {
      layer("/layer\($0)/Gemm", "Gemm", 256, 256, 65_536, 65_536, 65_536, 65_536, nonzero: 16_384 + 100 * $0)
    }
    report.after.nonzeroParameters = 24_000
    report.after.parameters = 94_410
    report.rounds = []
    report.blocked = []
    report.epochs = report.epochs.enumerated().map { index, epoch in
      var epoch = epoch
      epoch.sparsity = 0.75 * (1 - (1 - Double(index + 1) / 5) * (1 - Double(index + 1) / 5))
      return epoch
    }
    return report
  }()

  static let distillation: DistillationReport = {
    let student = NetworkFigures(
      bytes: 46_100, parameters: 10_980, nonzeroParameters: 10_980, multiplyAdds: 1_041_190,
      latency: Latency(p10: 41, p50: 42, p90: 44), int8Latency: Latency(p10: 11.2, p50: 11.6, p90: 12.4))
    var report = DistillationReport(
      tool: tool,
      command:
        "compress distill --teacher trained.onnx --width 0.35 --train train.data.yaml --eval test.data.yaml "
        + "--temperature 4 --epochs 40 -o student.onnx",
      model: "trained.onnx", input: .init(path: "trained.onnx", bytes: 384_113, format: "onnx"),
      output: .init(path: "student.onnx", bytes: 46_100),
      settings: [Setting("temperature", 4), Setting("width", 0.35), Setting("epochs", 40)],
      teachers: [
        .init(path: "trained.onnx", figures: imported, accuracy: Accuracy(correct: 9246, samples: 10_000)),
        .init(path: "other.onnx", figures: imported),
      ],
      origin: "a copy of trained.onnx at width 0.35, from its most important channels",
      terms: [
        .init(kind: "logits", detail: "temperature 4", weight: 0.9), .init(kind: "labels", weight: 0.1),
        .init(kind: "features", detail: "/conv3/Conv to /conv3/Conv through a projection", weight: 0.05),
      ],
      accuracy: AccuracyChange(
        before: Accuracy(correct: 3120, samples: 10_000), after: Accuracy(correct: 9081, samples: 10_000)),
      evaluationData: "test.data.yaml", before: student, after: student,
      epochs: epochs(40, from: 1.31, to: 0.29, accuracy: 0.81...0.9081), layers: layers,
      seconds: [.init(stage: "cache teachers", seconds: 11.2), .init(stage: "train", seconds: 97.3)])
    report.history = NetworkHistory(pruning.history.steps + [.init(.distilled, report)])
    return report
  }()

  /// The last step of a network that has been trained, pruned and distilled.
  static let fineTuned: QuantizationReport = {
    var report = SampleReports.convolutional
    report.fineTuning = .init(
      samples: 60_000, epochs: epochs(2, from: 0.24, to: 0.2, accuracy: 0.9066...0.9079), bestEpoch: 2,
      settings: [Setting("finetune", 2), Setting("lr", 0.0001)],
      accuracyBefore: Accuracy(correct: 9034, samples: 10_000))
    report.output = .init(path: "student.pith", bytes: 16_640)
    report.history = NetworkHistory(distillation.history.steps + [.init(report)])
    return report
  }()

  static let recipe = RecipeReport(
    tool: tool, command: "compress apply cnn.recipe.yaml --report cnn.html", recipe: "cnn.recipe.yaml",
    steps: [
      .init(
        name: "train", command: training.command, state: .unchanged, seconds: 219.4,
        report: .training(training)),
      .init(
        name: "prune", command: pruning.command, state: .resumed, seconds: 45.5, report: .pruning(pruning)),
      .init(
        name: "distill", command: distillation.command, state: .done, seconds: 108.5,
        report: .distillation(distillation)),
      .init(
        name: "quantize", command: fineTuned.command, state: .done, seconds: 31,
        report: .quantization(fineTuned)),
      .init(
        name: "eval", command: "compress eval student.pith --data test.data.yaml", state: .done,
        seconds: 0.46, report: .evaluation(SampleReports.evaluation)),
      .init(
        name: "bench", command: "compress bench student.pith", state: .done, seconds: 1,
        report: .benchmark(SampleReports.benchmark)),
    ])

  /// Names made to break what shows them, and the largest numbers.
  static let hostile: PruningReport = {
    var report = pruning
    let evil = "</title><script>alert(1)</script>\u{1B}[31m\u{202E}'\"&"
    report.model = evil
    report.command = "compress prune '<img src=x onerror=alert(1)>.onnx'"
    report.settings = [Setting(evil, evil)]
    report.warnings = [evil]
    report.blocked = [
      .init(layers: [evil, ""], reason: evil), .init(layers: (0..<100).map { "l\($0)" }, reason: ""),
    ]
    report.target = evil
    report.evaluationData = evil
    report.before = NetworkFigures(
      bytes: .max, parameters: .max, nonzeroParameters: .min, multiplyAdds: .max,
      latency: Latency(p10: .nan, p50: .infinity, p90: 0), int8Latency: Latency(p10: 0, p50: -1, p90: 0))
    report.after = NetworkFigures(
      bytes: .min, parameters: .max, nonzeroParameters: .max, multiplyAdds: .min,
      latency: Latency(p10: .nan, p50: 0, p90: 0), int8Latency: Latency(p10: 0, p50: .nan, p90: 0))
    report.rounds[0].figures = report.before ?? report.after
    report.rounds[1].accuracy = .nan
    report.epochs[0].epoch = .max
    report.epochs[1].epoch = .min
    report.epochs[2].trainingLoss = .infinity
    report.epochs[3].accuracy = -1e300
    report.accuracy = AccuracyChange(
      before: Accuracy(
        accuracy: .nan, interval: .init(lowerBound: .nan, upperBound: 7), samples: -4, correct: .max),
      after: Accuracy(
        accuracy: 12, interval: .init(lowerBound: -3, upperBound: .infinity), samples: 3, correct: .min))
    report.accuracy?.onlyBeforeRight = .max
    report.accuracy?.onlyAfterRight = -1
    report.layers = [
      LayerChange(
        name: evil, operators: evil,
        before: .init(channels: .max, parameters: .max, nonzeroParameters: .min, multiplyAdds: .max),
        after: .init(channels: -1, parameters: -1, nonzeroParameters: .max, multiplyAdds: .min)),
      LayerChange(
        name: "", operators: "",
        before: .init(channels: nil, parameters: 0, nonzeroParameters: 0, multiplyAdds: 0),
        after: .init(channels: 1, parameters: 1, nonzeroParameters: 0, multiplyAdds: 1)),
    ]
    report.history = NetworkHistory([
      .init(
        action: .init(rawValue: evil), summary: evil, file: evil, digest: evil,
        figures: report.before ?? report.after,
        accuracy: report.accuracy?.before, evaluationData: evil, settings: report.settings,
        epochs: report.epochs,
        layers: report.layers, blocked: report.blocked, rounds: report.rounds, command: evil, seconds: .nan),
      .init(
        action: .trained, summary: "", file: "",
        figures: NetworkFigures(bytes: 1, parameters: 0, multiplyAdds: 0),
        accuracy: report.accuracy?.after, seconds: -.infinity),
      .init(.pruned, report),
    ])
    return report
  }()

  static let empty = TrainingReport(
    tool: .init(name: "", version: ""), command: "", model: "", input: .init(path: "", bytes: 0, format: ""),
    output: .init(path: "", bytes: 0), settings: [], initialization: "", samples: 0,
    after: NetworkFigures(parameters: 0, multiplyAdds: 0), epochs: [])

  static let all: [any NetworkReport] = [training, pruning, sparse, distillation, hostile, empty]

  /// Every page, by what it shows.
  static let pages: [(name: String, html: String)] =
    [
      ("training", training.html()), ("pruning", pruning.html()), ("sparse", sparse.html()),
      ("distillation", distillation.html()), ("hostile", hostile.html()), ("empty", empty.html()),
      ("quantization", fineTuned.html()), ("recipe", recipe.html()),
    ]
}
