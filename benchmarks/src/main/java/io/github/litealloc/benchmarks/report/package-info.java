/** What other commands have measured, as a page that shows it. */
@NullMarked
package io.github.litealloc.benchmarks.report;

import org.jspecify.annotations.NullMarked;
