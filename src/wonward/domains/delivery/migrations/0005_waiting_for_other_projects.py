import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0004_calendar_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='planchange',
            name='cause',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='delivery.task'),
        ),
        migrations.CreateModel(
            name='OutsideDependency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(default='FS', max_length=2)),
                ('lag_minutes', models.IntegerField(default=0)),
                ('lag_unit', models.CharField(default='working', max_length=8)),
                ('author_label', models.CharField(max_length=160)),
                ('created_at', models.DateTimeField()),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outside_successor_links', to='delivery.task')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outside_dependencies', to='delivery.project')),
                ('source_project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outside_followers', to='delivery.project')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outside_predecessor_links', to='delivery.task')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('predecessor', 'successor'), name='outside_dependency_once')],
            },
        ),
    ]
