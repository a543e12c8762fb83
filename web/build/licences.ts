// The licence texts of every package that is in the bundle, collected while it is built.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

const FOLDER = "node_modules";

/** The folder of the package that a module is from; undefined for our own. */
export function packageOf(module: string): string | undefined {
  const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(module);
  return found?.[1];
}

function told(folder: string): string {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  if (files.length === 0) {
    throw new Error(`${about.name} has no licence text: it cannot be bundled.`);
  }
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8").trim());
  return `${about.name} ${about.version}\n\n${texts.join("\n\n")}\n`;
}

/** Writes licences.txt beside the bundle, and refuses a package without a licence text. */
export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle(_, bundle) {
      const folders = new Set<string>();
      for (const part of Object.values(bundle)) {
        for (const module of part.type === "chunk" ? Object.keys(part.modules) : []) {
          const folder = packageOf(module.replace(/^\0/, ""));
          if (folder !== undefined && existsSync(join(folder, "package.json"))) folders.add(folder);
        }
      }
      const ordered = [...folders].sort((a, b) => (name(a) < name(b) ? -1 : 1));
      const source = ordered.map(told).join(`\n${"-".repeat(72)}\n\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

function name(folder: string): string {
  return folder.slice(folder.lastIndexOf(FOLDER) + FOLDER.length + 1);
}
