/** The audit as it is run by `npm run audit`, in a process that can say how much memory it had. */
await import('../../../apps/auditor/src/main.js');
process.send?.(process.resourceUsage().maxRSS / 1_024);
process.disconnect();
