/// How the page looks. It holds no character that XML would read as markup.
enum StyleSheet {
  static let css: Markup = """
    :root {
      color-scheme: light dark;
      --page: #f6f7f9; --card: #ffffff; --ink: #1b2330; --soft: #5a6475; --line: #dde1e8;
      --grid: #e6e9ee; --before: #98a2b3; --after: #2563c9; --low: #b45309; --good: #16794a;
      --warnbg: #fdf5e6;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #11151b; --card: #1a2029; --ink: #e6e9ee; --soft: #9ba6b7; --line: #2f3845;
        --grid: #28303c; --before: #707c8f; --after: #6ea8ff; --low: #f0a94b; --good: #5fcf98;
        --warnbg: #2a2417;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
      font-variant-numeric: tabular-nums;
    }
    main, header, footer { max-width: 1320px; margin: 0 auto; padding: 0 16px; }
    header { padding-top: 28px; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
    h2 { font-size: 1.05rem; margin: 0 0 4px; }
    .lead { margin: 6px 0 0; color: var(--soft); overflow-wrap: anywhere; }
    section, figure { margin: 0; }
    .panel {
      background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px;
      min-width: 0;
    }
    .cards, .pair { display: grid; gap: 16px; margin-top: 20px; }
    .cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); }
    .pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
    .single { margin-top: 16px; }
    .cards h2 { font-size: .85rem; font-weight: 600; color: var(--soft); margin: 0; }
    .cards .big {
      color: var(--ink); font-size: 1.45rem; font-weight: 650; line-height: 1.3; margin: 2px 0 6px;
    }
    .cards .big .was { color: var(--soft); font-weight: 400; font-size: 1.1rem; }
    .cards p { margin: 0; font-size: .88rem; color: var(--soft); }
    .cards .good { color: var(--good); } .cards .low, td.low { color: var(--low); }
    .warn { background: var(--warnbg); border-left: 4px solid var(--low); margin-top: 16px; }
    .warn ul { margin: 6px 0 0; padding-left: 20px; } .warn li { margin: 3px 0; overflow-wrap: anywhere; }
    .note { color: var(--soft); font-size: .86rem; margin: 2px 0 10px; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: .84rem; color: var(--soft);
      margin: 0 0 8px; padding: 0; list-style: none; }
    .legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 6px; }
    .legend .before i { background: var(--before); } .legend .after i { background: var(--after); }
    .legend .lowbar i { background: var(--low); } .legend .floatbar i { background: var(--before); }
    .legend .line i { height: 0; border-top: 2px dashed var(--low); border-radius: 0; width: 16px;
      vertical-align: middle; }
    svg { display: block; } svg text { fill: var(--soft); font-size: 12px; }
    svg .grid { stroke: var(--grid); stroke-width: 1; } svg .base { stroke: var(--soft); }
    svg .mark { stroke: var(--low); stroke-width: 1.5; stroke-dasharray: 4 3; }
    rect.before, rect.floatbar { fill: var(--before); } rect.after { fill: var(--after); }
    rect.lowbar { fill: var(--low); }
    .plot { overflow: visible; } .plot svg { overflow: visible; }
    .before .whisker { stroke: var(--before); } .before circle { fill: var(--before); }
    .after .whisker { stroke: var(--after); } .after circle { fill: var(--after); }
    .whisker { stroke-width: 2; fill: none; }
    svg text.words { fill: var(--ink); font-size: 13px; font-weight: 600; paint-order: stroke;
      stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
    line.curve { stroke-width: 2; stroke-linecap: round; } line.path { stroke: var(--before); }
    .before .curve { stroke: var(--before); } .after .curve { stroke: var(--after); }
    section.step { border-top: 2px solid var(--line); margin-top: 36px; padding-top: 18px; }
    h2.step { font-size: 1.25rem; overflow-wrap: anywhere; }
    .took { color: var(--soft); font-weight: 400; font-size: .88rem; margin-left: 12px; }
    a { color: var(--after); } td small, th small { color: var(--soft); font-weight: 400; }
    .panel + .panel.warn { margin-top: 16px; }
    .rows { list-style: none; margin: 0; padding: 0; }
    .rows li, .axis { display: grid; grid-template-columns: 1fr auto; column-gap: 12px; align-items: center; }
    .rows .name { font-size: .84rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .rows .value { font-size: .84rem; text-align: right; white-space: nowrap; color: var(--soft); }
    .rows svg, .axis svg { grid-column: 1 / -1; grid-row: 2; overflow: visible; }
    .rows li { margin-bottom: 4px; }
    .axis .last { text-anchor: end; }
    @media (min-width: 620px) {
      .rows li, .axis { grid-template-columns: 200px minmax(0, 1fr) 138px; }
      .rows li { margin: 0; } .axis .last { text-anchor: middle; }
      .rows svg, .axis svg { grid-column: 2; grid-row: 1; }
    }
    .scroll { overflow-x: auto; margin: 10px -20px -18px; padding: 0 20px 18px; }
    .scroll:focus-visible { outline: 2px solid var(--after); outline-offset: -2px; border-radius: 10px; }
    table { border-collapse: collapse; width: 100%; font-size: .84rem; }
    th, td { padding: 7px 8px; vertical-align: baseline; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
    thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
    tbody tr:last-child > * { border-bottom: 0; }
    th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
    .text { text-align: left; }
    td.wrap, th.wrap { white-space: normal; overflow-wrap: anywhere; min-width: 120px; max-width: 340px; }
    @media (min-width: 900px) { th.wrap { min-width: 190px; } td.wrap { min-width: 110px; } }
    tbody th { font-weight: 500; }
    .tag { display: inline-block; padding: 0 8px; border-radius: 9px; font-size: .8rem; line-height: 1.45;
      border: 1px solid var(--line); color: var(--soft); }
    .tag.float32 { color: var(--low); border-color: currentColor; }
    pre { margin: 6px 0 14px; padding: 10px 12px; background: var(--page); border: 1px solid var(--line);
      border-radius: 7px; font: .84rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
      white-space: pre-wrap; overflow-wrap: anywhere; }
    dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: 5px 18px; margin: 6px 0 0;
      font-size: .9rem; }
    dl + .note { margin: 16px 0 0; }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
    footer { color: var(--soft); font-size: .82rem; padding: 20px 16px 32px; overflow-wrap: anywhere; }
    @media (max-width: 480px) {
      .panel { padding: 14px 14px; } .scroll { margin: 10px -14px -14px; padding: 0 14px 14px; }
      h1 { font-size: 1.35rem; }
    }
    @media print { body { background: none; } .panel { break-inside: avoid; } }

    """
}
