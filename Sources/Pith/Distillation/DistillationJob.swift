import Foundation

/// `compress distill`: a student from a file, or made from its teacher, trained to say what its teachers say.
public final class DistillationJob {
  /// Where the student comes from.
  public enum Student: Sendable {
    case file(String)
    /// A copy of the first teacher with this share of its channels, from above 0 to 1: the most important ones.
    case width(Double)
  }

  /// Where teachers' outputs are kept.
  public struct Cache: Sendable {
    public var directory: String
    /// Bytes of all files together.
    public var limit: Int

    public init(directory: String, limit: Int) {
      self.directory = directory
      self.limit = limit
    }
  }

  /// What the user asked for.
  public struct Request {
    public var teacherPaths: [String]
    public var student: Student
    /// The shapes that inputs are to have, by their names: of the teachers and of the student, whichever have them.
    public var inputShapes: [String: [Int]] = [:]
    public var initialization: TrainingJob.Initialization
    public var training: DataSet
    /// Labelled samples to score the student and its teachers on.
    public var evaluation: DataSet?
    public var distillation: DistillationOptions
    public var options: TrainingOptions
    public var augmentation: Augmentation
    /// Nil where nothing is to be kept.
    public var cache: Cache?
    /// Whether to go on from the checkpoint, where there is one.
    public var resumes: Bool
    public var checkpointPath: String
    public var outputPath: String
    /// Where to write the report as one HTML page.
    public var reportPath: String?
    public var threads: Int
    /// For the report.
    public var command: String

    public init(
      teacherPaths: [String], student: Student, initialization: TrainingJob.Initialization = .weights,
      training: DataSet, evaluation: DataSet? = nil,
      distillation: DistillationOptions = DistillationOptions(),
      options: TrainingOptions = TrainingOptions(), augmentation: Augmentation = .none, cache: Cache? = nil,
      resumes: Bool = false, checkpointPath: String? = nil, outputPath: String, reportPath: String? = nil,
      threads: Int = Parallelism.threadCount, command: String = ""
    ) {
      self.teacherPaths = teacherPaths
      self.student = student
      self.initialization = initialization
      self.training = training
      self.evaluation = evaluation
      self.distillation = distillation
      self.options = options
      self.augmentation = augmentation
      self.cache = cache
      self.resumes = resumes
      self.checkpointPath = checkpointPath ?? outputPath + ".checkpoint"
      self.outputPath = outputPath
      self.reportPath = reportPath
      self.threads = threads
      self.command = command
    }
  }

  let request: Request
  let progress: TrainingEvents
  let watch = Stopwatch()

  public init(_ request: Request, progress: TrainingEvents = TrainingEvents()) {
    self.request = request
    self.progress = progress
  }

  /// Does the work and writes the files; the checkpoint is removed when they are there.
  /// - Throws: one sentence; then no output has been written.
  public func run() throws -> DistillationReport {
    Parallelism.threadCount = request.threads
    var shapes = SharedInputShapes(request.inputShapes)
    let teachers = try watch.time("import") { try importedTeachers(&shapes) }
    guard let first = teachers.first else { throw PithFailure("name a teacher with --teacher") }
    let student = try watch.time("import") { try makeStudent(from: first, &shapes) }
    try shapes.checkUse()
    var lineage = try Lineage(of: student.source, path: student.path)
    let plan = try DistillationPlan(
      teachers: teachers.map { .init(name: $0.name, graph: $0.graph) },
      student: .init(name: student.name, graph: student.graph), options: request.distillation,
      seed: request.options.seed)
    let material = try watch.time("read") {
      try TrainingMaterial(
        training: request.training, evaluation: request.evaluation, for: plan.student.graph,
        name: student.name, options: request.options, augmentation: request.augmentation,
        isLabelled: request.training.hasLabels, threads: request.threads, progress: progress.stage)
    }
    let scores = try watch.time("evaluate") { try scoresBefore(teachers, student, material) }
    lineage.measured(scores.source?.accuracy, on: request.evaluation?.name)

    let objective = try makeObjective(plan, student, material)
    let checkpoint = Checkpoint(
      path: request.checkpointPath, identity: try identity(plan, objective, material))
    if request.resumes { _ = try checkpoint.load() }
    let trainer = try makeTrainer(plan, objective, material, checkpoint)
    let result = try watch.time("train") { try trainer.run() }
    objective.flush()
    let trained = plan.student(trained: result.weights.applied(to: trainer.graph))
    try TrainingJob.checkFinite(trained, name: student.name)
    let after = try watch.time("evaluate") { try score(trained, student.name, material, "evaluate student") }
    let report = try report(
      Outcome(
        teachers: teachers, student: student, material: material, objective: objective, result: result,
        trained: trained, scores: scores, after: after))
    let finished = try NetworkWriter.write(
      student.restored(trained), report, as: .distilled, lineage: lineage, to: request.outputPath,
      reportPath: request.reportPath)
    checkpoint.remove()
    return finished
  }

  // MARK: Networks

  /// A network as it was read, and what messages call it.
  struct Teacher {
    var path: String
    var name: String
    var graph: Graph
  }

  private func importedTeachers(_ shapes: inout SharedInputShapes) throws -> [Teacher] {
    try request.teacherPaths.map { path in
      Teacher(
        path: path, name: (path as NSString).lastPathComponent,
        graph: try shapes.open(path).portable(path: path))
    }
  }

  // MARK: Training

  private func makeObjective(
    _ plan: DistillationPlan, _ student: StudentNetwork, _ material: TrainingMaterial
  ) throws -> DistillationObjective {
    let teachers = try plan.teachers.map { try PithPasses.Teacher($0) }
    var caches: [TeacherCache?] = []
    // Augmented samples are never the same again.
    if let cache = request.cache, request.augmentation.isEmpty {
      caches = try teachers.map { teacher in
        guard teacher.isIndependentOfBatch else { return nil }
        return try TeacherCache(
          directory: cache.directory, byteLimit: cache.limit, teacher: teacher.identity, width: teacher.width)
      }
    }
    return try DistillationObjective(
      teachers: teachers, options: request.distillation, labelLoss: try labelLoss(plan, student, material),
      caches: caches)
  }

  /// The loss of logits against labels.
  private func labelLoss(
    _ plan: DistillationPlan, _ student: StudentNetwork, _ material: TrainingMaterial
  ) throws -> (any TrainingObjective)? {
    guard request.training.hasLabels else { return nil }
    guard material.targets == .classes else {
      throw PithFailure(
        "\(request.training.name): a student learns classes, and these labels are numbers; give labels from 0, one a sample"
      )
    }
    let smoothing = request.options.labelSmoothing
    let usual: LossKind = plan.classCount == 1 ? .binaryCrossEntropyWithLogits : .crossEntropy
    let kind = request.options.loss
    // The student's output is its logit, and --loss binary-cross-entropy means the sigmoid that was behind it.
    let hasSigmoid = student.graph.outputs.first != (try student.graph.logits())
    let isSame = kind == .binaryCrossEntropy && plan.classCount == 1 && hasSigmoid
    guard kind == .automatic || kind == usual || isSame else {
      throw PithFailure(
        "a student of \(plan.classCount) outputs learns labels by \(usual.rawValue); leave --loss \(kind.rawValue) out"
      )
    }
    return plan.classCount == 1
      ? BinaryCrossEntropy(.logits, labelSmoothing: smoothing)
      : CrossEntropy(.logits, labelSmoothing: smoothing)
  }

  private func makeTrainer(
    _ plan: DistillationPlan, _ objective: DistillationObjective, _ material: TrainingMaterial,
    _ checkpoint: Checkpoint
  ) throws -> Trainer {
    var graph = plan.student.graph
    if let ratio = request.options.dropout { graph = try graph.settingDropout(ratio) }
    return try Trainer(
      graph, objective: objective, data: material.training, validation: material.validation,
      options: request.options, constraints: request.initialization == .weights ? graph.zeroMasks() : [:],
      hooks: progress.hooks("distill"), checkpoint: checkpoint, name: "distill")
  }

  private func identity(
    _ plan: DistillationPlan, _ objective: DistillationObjective, _ material: TrainingMaterial
  ) throws -> RunIdentity {
    var identity = RunIdentity()
    try identity.add(options: request.options)
    try identity.add(options: request.distillation, prefix: "distillation ")
    identity.add("augmentation", request.augmentation.description)
    for (index, teacher) in objective.teachers.enumerated() {
      identity.add("teacher \(index + 1)", hash: teacher.identity)
    }
    identity.add("the student", hash: plan.student.graph.contentHash)
    identity.add("the training data", hash: material.contentHash)
    return identity
  }

  // MARK: Scores

  /// What everyone can do before the student has learned.
  struct Scores {
    /// Of each teacher.
    var teachers: [NetworkScore?] = []
    /// Of the student, where it does not begin anew.
    var student: NetworkScore?
    /// Of the file that the student comes from.
    var source: NetworkScore?
  }

  private func scoresBefore(
    _ teachers: [Teacher], _ student: StudentNetwork, _ material: TrainingMaterial
  ) throws -> Scores {
    var scores = Scores()
    scores.teachers = try teachers.map { teacher in
      try score(teacher.graph, teacher.name, material, "evaluate \(teacher.name)")
    }
    if request.initialization == .weights {
      scores.student = try score(student.graph, student.name, material, "evaluate before")
    }
    switch request.student {
    case .width: scores.source = scores.teachers.first ?? nil
    case .file:
      scores.source =
        request.initialization == .weights
        ? scores.student : try score(student.source, student.name, material, "evaluate before")
    }
    return scores
  }

  private func score(
    _ graph: Graph, _ name: String, _ material: TrainingMaterial, _ stage: String
  ) throws -> NetworkScore? {
    guard let data = request.evaluation, data.hasLabels, let evaluation = material.evaluation else {
      return nil
    }
    // A network of a fixed batch is scored in batches of any size, where it allows that.
    let any = (try? graph.withSymbolicBatch()) ?? graph
    let kind = try TrainingLoss(.automatic, for: any, hasTargets: false).kind
    return try NetworkScore.measure(
      any, on: data, as: evaluation, kind: kind, targets: .classes, name: name
    ) { progress.stage(stage, $0, $1) }
  }
}
