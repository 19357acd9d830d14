//! The keys of formats that people keep in repositories: what both sides add to one list goes together, and what both
//! do to a sequence does not.

use super::{keys_of, with_keys};
use switchback_core::content::filetype::Format;

/// A path, what stands around the list, and three items of it, `{}` being a version in them.
struct Known {
    path: &'static str,
    around: [&'static str; 2],
    items: [&'static str; 4],
}

const SETS: &[Known] = &[
    Known {
        path: "core/pom.xml",
        around: ["<project>\n  <dependencies>\n", "  </dependencies>\n</project>\n"],
        items: [
            "    <dependency>\n      <groupId>g</groupId>\n      <artifactId>a</artifactId>\n      <version>{}</version>\n    </dependency>\n",
            "    <dependency>\n      <groupId>g</groupId>\n      <artifactId>a</artifactId>\n      <classifier>tests</classifier>\n      <version>{}</version>\n    </dependency>\n",
            "    <dependency>\n      <groupId>g</groupId>\n      <artifactId>b</artifactId>\n      <version>{}</version>\n    </dependency>\n",
            "    <dependency>\n      <groupId>h</groupId>\n      <artifactId>b</artifactId>\n      <version>{}</version>\n    </dependency>\n",
        ],
    },
    Known {
        path: "deploy/web.yaml",
        around: ["kind: Service\nspec:\n  ports:\n", "  type: ClusterIP\n"],
        items: [
            "  - port: 80\n    protocol: TCP\n    targetPort: {}\n",
            "  - port: 80\n    protocol: UDP\n    targetPort: {}\n",
            "  - port: 81\n    targetPort: {}\n",
            "  - port: 82\n    targetPort: {}\n",
        ],
    },
    Known {
        path: "deploy/web.yaml",
        around: ["spec:\n  volumeMounts:\n", "  x: 1\n"],
        items: [
            "  - name: a\n    mountPath: /a\n    subPath: {}\n",
            "  - name: a\n    mountPath: /b\n    subPath: {}\n",
            "  - name: a\n    mountPath: /c\n    subPath: {}\n",
            "  - name: b\n    mountPath: /d\n    subPath: {}\n",
        ],
    },
    Known {
        path: "api/openapi.yaml",
        around: ["get:\n  parameters:\n", "  responses: {}\n"],
        items: [
            "  - name: id\n    in: path\n    x: {}\n",
            "  - name: id\n    in: query\n    x: {}\n",
            "  - name: q\n    in: query\n    x: {}\n",
            "  - name: r\n    in: query\n    x: {}\n",
        ],
    },
    Known {
        path: "src/App.csproj",
        around: ["<Project>\n  <ItemGroup>\n", "  </ItemGroup>\n</Project>\n"],
        items: [
            "    <PackageReference Include=\"a\" Version=\"{}\" />\n",
            "    <PackageReference Include=\"b\" Version=\"{}\" />\n",
            "    <PackageReference Include=\"c\" Version=\"{}\" />\n",
            "    <PackageReference Include=\"d\" Version=\"{}\" />\n",
        ],
    },
    Known {
        path: "app/src/main/AndroidManifest.xml",
        around: ["<manifest xmlns:android=\"a\">\n", "</manifest>\n"],
        items: [
            "  <uses-permission android:name=\"a\" android:v=\"{}\"/>\n",
            "  <uses-permission android:name=\"b\" android:v=\"{}\"/>\n",
            "  <uses-permission android:name=\"c\" android:v=\"{}\"/>\n",
            "  <uses-permission android:name=\"d\" android:v=\"{}\"/>\n",
        ],
    },
    Known {
        path: "src/messages.de.xlf",
        around: ["<body>\n", "</body>\n"],
        items: [
            "  <trans-unit id=\"a\">\n    <target>{}</target>\n  </trans-unit>\n",
            "  <trans-unit id=\"b\">\n    <target>{}</target>\n  </trans-unit>\n",
            "  <trans-unit id=\"c\">\n    <target>{}</target>\n  </trans-unit>\n",
            "  <trans-unit id=\"d\">\n    <target>{}</target>\n  </trans-unit>\n",
        ],
    },
];

const SEQUENCES: &[Known] = &[
    Known {
        path: ".github/workflows/ci.yml",
        around: ["jobs:\n  a:\n    steps:\n", "  b: {}\n"],
        items: [
            "    - name: a\n      run: {}\n",
            "    - name: b\n      run: {}\n",
            "    - name: c\n      run: {}\n",
            "    - name: d\n      run: {}\n",
        ],
    },
    Known {
        path: "roles/web/tasks/main.yml",
        around: ["---\n", ""],
        items: ["- name: a\n  run: {}\n", "- name: b\n  run: {}\n", "- name: c\n  run: {}\n", "- name: d\n  run: {}\n"],
    },
    Known {
        path: "WEB-INF/web.xml",
        around: ["<web-app>\n", "</web-app>\n"],
        items: [
            "  <filter-mapping>\n    <filter-name>a</filter-name>\n    <url>{}</url>\n  </filter-mapping>\n",
            "  <filter-mapping>\n    <filter-name>b</filter-name>\n    <url>{}</url>\n  </filter-mapping>\n",
            "  <filter-mapping>\n    <filter-name>c</filter-name>\n    <url>{}</url>\n  </filter-mapping>\n",
            "  <filter-mapping>\n    <filter-name>d</filter-name>\n    <url>{}</url>\n  </filter-mapping>\n",
        ],
    },
    Known {
        path: "assignmentRules/Case.assignmentRules",
        around: [
            "<AssignmentRules>\n  <assignmentRule>\n    <fullName>r</fullName>\n",
            "  </assignmentRule>\n</AssignmentRules>\n",
        ],
        items: [
            "    <ruleEntry>\n      <assignedTo>a</assignedTo>\n      <v>{}</v>\n    </ruleEntry>\n",
            "    <ruleEntry>\n      <assignedTo>b</assignedTo>\n      <v>{}</v>\n    </ruleEntry>\n",
            "    <ruleEntry>\n      <assignedTo>c</assignedTo>\n      <v>{}</v>\n    </ruleEntry>\n",
            "    <ruleEntry>\n      <assignedTo>d</assignedTo>\n      <v>{}</v>\n    </ruleEntry>\n",
        ],
    },
];

impl Known {
    /// Items by their number, with `+` behind one of another version: `0 1+`.
    fn text(&self, items: &str) -> String {
        let one = |word: &str| {
            let version = if word.ends_with('+') { "2" } else { "1" };
            let at: usize = word.trim_end_matches('+').parse().unwrap();
            self.items[at].replace("{}", version)
        };
        self.around[0].to_owned() + &items.split_whitespace().map(one).collect::<String>() + self.around[1]
    }

    fn merged(&self, sides: [&str; 3]) -> Result<String, String> {
        let format = if self.path.contains(".y") { Format::Yaml } else { Format::Xml };
        let [base, ours, theirs] = sides.map(|items| self.text(items));
        with_keys(format, &keys_of(self.path), [&base, &ours, &theirs]).map_err(|why| why.message)
    }
}

#[test]
fn what_both_sides_add_to_a_known_list_goes_together() {
    for known in SETS {
        let cases = [
            ["0 1", "0 1 2", "0 1 3", "0 1 2 3"],
            ["0 1 2", "0+ 1 2 3", "0 1+ 2", "0+ 1+ 2 3"],
            ["0 1 2", "1 2", "0 1+ 2", "1+ 2"],
        ];
        for [base, ours, theirs, wanted] in cases {
            assert_eq!(known.merged([base, ours, theirs]), Ok(known.text(wanted)), "{}", known.path);
        }
        assert!(known.merged(["0 1", "0+ 1", "1"]).is_err(), "{}", known.path);
    }
}

#[test]
fn what_both_sides_do_to_a_sequence_does_not() {
    for known in SEQUENCES {
        for sides in [["0 1", "0 1 2", "0 1 3"], ["0 1", "2 0 1", "0 1 3"], ["0 1 2", "1 2", "0 1 2 3"]] {
            let found = known.merged(sides);
            assert!(found.is_err(), "{} {sides:?}\n{}", known.path, found.unwrap_or_default());
        }
        assert_eq!(known.merged(["0 1 2", "0+ 1 2", "0 1 2 3"]), Ok(known.text("0+ 1 2 3")), "{}", known.path);
    }
}
