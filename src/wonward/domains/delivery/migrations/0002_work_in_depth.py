import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0001_initial'),
        ('staff', '0002_defaults'),
    ]

    operations = [
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=40, unique=True)),
                ('tone', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='checklistitem',
            name='done_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='checklistitem',
            name='done_by_label',
            field=models.CharField(default='', max_length=160),
        ),
        migrations.AddField(
            model_name='task',
            name='blocked_date',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='blocked_reason',
            field=models.CharField(default='', max_length=500),
        ),
        migrations.AddField(
            model_name='task',
            name='priority',
            field=models.CharField(default='', max_length=6),
        ),
        migrations.AddField(
            model_name='task',
            name='repeat_every',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='repeat_unit',
            field=models.CharField(default='', max_length=5),
        ),
        migrations.AddField(
            model_name='task',
            name='repeat_until_date',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='MetCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500)),
                ('met_by_label', models.CharField(max_length=160)),
                ('met_at', models.DateTimeField()),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='met_criteria', to='delivery.task')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('task', 'text'), name='met_criterion_once')],
            },
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(default='risk', max_length=5)),
                ('title', models.CharField(max_length=200)),
                ('description', models.TextField(default='')),
                ('probability', models.PositiveSmallIntegerField(default=3)),
                ('impact', models.PositiveSmallIntegerField(default=3)),
                ('due_date', models.DateField(null=True)),
                ('strategy', models.CharField(default='mitigate', max_length=8)),
                ('response', models.TextField(default='')),
                ('status', models.CharField(default='open', max_length=6)),
                ('happened_date', models.DateField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='staff.person')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risks', to='delivery.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'status'], name='risk_project')],
                'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='risk_number_once'), models.CheckConstraint(condition=models.Q(('impact__range', (1, 5)), ('probability__range', (1, 5))), name='risk_scales')],
            },
        ),
        migrations.CreateModel(
            name='TaskHelper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(default='helps', max_length=10)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.person')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helpers', to='delivery.task')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('task', 'person'), name='task_helper_once')],
            },
        ),
        migrations.CreateModel(
            name='TaskLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delivery.label')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='delivery.task')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('task', 'label'), name='task_label_once')],
            },
        ),
    ]
