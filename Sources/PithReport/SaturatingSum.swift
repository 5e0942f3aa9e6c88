extension Sequence {
  /// The sum of a property, which stays at the largest number where it does not fit: figures come from
  /// files that may be hostile, and a report must not trap.
  func saturatingSum(_ property: (Element) -> Int) -> Int {
    var total = 0
    for element in self {
      let (sum, overflow) = total.addingReportingOverflow(property(element))
      total = overflow ? (total < 0 ? .min : .max) : sum
    }
    return total
  }
}
